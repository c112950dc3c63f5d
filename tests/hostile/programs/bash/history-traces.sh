# Traces of whoever used this place before: an empty work folder, an empty home, a young process.
shopt -s nullglob dotglob
for entry in /tmp/* /out/* /dev/shm/* /var/tmp/* /run/user/* /var/mail/* /var/spool/cron/*; do echo "LEAK $entry"; done
count=0
for entry in /box/*; do count=$(( count + 1 )); done
(( count == 1 )) && echo 'alone' || echo "LEAK $count files"
