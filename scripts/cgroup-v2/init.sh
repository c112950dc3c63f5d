#!/bin/sh
# First and only script of the virtual machine: makes a system with cgroup v2, runs the driver's suites, powers off.
# There is no service manager; the root group of cgroup v2 is ours alone, as it is on a host that delegates all of it.
exec </dev/null >/dev/console 2>&1
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
modprobe virtio_blk
mount /dev/vda /project
mount -o ro /dev/vdb /var/lib/codeexec
ip link set lo up
# Whoever waits knows from it that the kernel has come this far.
stty -F /dev/ttyS1 raw
echo booted >/dev/ttyS1
echo '127.0.0.1 localhost' >/etc/hosts

echo "kernel $(uname -r), Node $(node --version), cgroup controllers $(cat /sys/fs/cgroup/cgroup.controllers)"
cd /project && /bin/sh ./run-suites.sh
sync
# Power off by the kernel itself: a service manager's tools are not here.
echo o >/proc/sysrq-trigger
sleep 60
