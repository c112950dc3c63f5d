# The shell's own sockets.
attempt() {
  if ( exec 3<>"$2" && echo 'GET /health HTTP/1.0' >&3 && echo >&3 && timeout 1 cat <&3 | grep -q . ) 2>/dev/null
  then echo "LEAK $1"; else echo "DENIED $1"; fi
}
attempt service "/dev/tcp/127.0.0.1/$1"
attempt canary "/dev/tcp/127.0.0.1/$2"
attempt canary6 "/dev/tcp/::1/$2"
attempt name "/dev/tcp/localhost/$2"
attempt udp "/dev/udp/127.0.0.1/$2"
attempt outside '/dev/tcp/203.0.113.1/80'
for folder in /proc/sys/net/ipv4/conf/*; do
  name=${folder##*/}
  [[ $name == all || $name == default || $name == lo ]] || echo "LEAK interface $name"
done
echo looked
