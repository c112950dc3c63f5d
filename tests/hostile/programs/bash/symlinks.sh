# Links in the folders that others might read or clear after the program: out of them, into the host, in circles.
cd /box
for target in /etc/shadow /root /var/lib/codeexec / /proc/1/root /proc/1/root/var/lib/codeexec ../../../../../../etc loop "$1"; do
  for folder in /box /out /tmp /dev/shm; do ln -s "$target" "$folder/link-$RANDOM$RANDOM" 2>/dev/null; done
done
ln -s loop /out/loop
ln -s /etc/passwd /out/main; ln -s /etc/passwd /out/a.out; ln -s / /out/classes
mkdir -p /out/private && chmod 0 /out/private
chmod 1777 /out; chmod 0 /tmp 2>/dev/null
for link in /box/link-* /out/link-*; do
  content=$(cat "$link" 2>/dev/null) && [[ -n $content ]] && echo "LEAK $content"
  for entry in "$link"/*codeexec* "$link"/tmp/codeexec-* ; do
    [[ -e $entry ]] && echo "LEAK entry"
  done
done
echo linked
