# Tools of the image that would do what the calls do.
attempt() {
  local name=$1; shift
  if output=$(timeout 2 "$@" </dev/null 2>&1); then echo "LEAK $name $output"; else echo "DENIED $name"; fi
}
attempt unshare unshare -Ur id
attempt unshare-mount unshare -m true
attempt mount mount -t tmpfs none /tmp
attempt bind mount --bind /proc /tmp
attempt umount umount /proc
attempt nsenter nsenter -t 1 -m true
attempt chroot chroot /box true
attempt su su -c id
attempt sudo sudo -n id
attempt setpriv setpriv --reuid 0 true
attempt mknod mknod /tmp/mem c 1 1
attempt dmesg dmesg
attempt sysctl sysctl -w vm.drop_caches=0
attempt hostname hostname hostile
attempt date date -s '@1'
attempt swapon swapon /tmp/absent
attempt losetup losetup -f
attempt renice renice -n -5 $$
attempt chown chown 0 /tmp
attempt strace strace -f true
attempt insmod insmod /tmp/absent.ko
attempt ip ip link set lo down
attempt ping ping -c 1 -W 1 127.0.0.1
attempt docker docker ps
attempt systemctl systemctl list-units
attempt kill-init bash -c 'kill -9 1 && [[ ! -e /proc/1 ]]'
