#!/bin/busybox sh
# Process 1 of the lab's machine. Loads modules, then makes the host's own / the machine's user space: read-only over
# 9p, under a layer in memory that takes what is written. From there on, agent.sh serves the host's commands.
#
# Kernel command line: lab.modules=nvme,scsi_debug+dev_size_mb=64   in this order; + stands for a space
/bin/busybox --install -s /bin
export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/lab
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm

# A module that is not there must not show later, as a disk that never comes: the agent reports it at once.
LAB_FAILED=
load() { modprobe "$@" 2>/tmp/complaint || LAB_FAILED="$LAB_FAILED Cannot load $1: $(cat /tmp/complaint);"; }

for word in $(cat /proc/cmdline); do
  case $word in lab.modules=*) modules=${word#*=} ;; esac
done
for module in virtio_pci virtio_console virtio_net 9pnet_virtio 9p overlay; do load $module; done
for module in $(echo "$modules" | tr , ' '); do load $(echo "$module" | tr + ' '); done

ip link set lo up
if [ -d /sys/class/net/eth0 ]; then
  ip link set eth0 up
  ip addr add 10.0.2.15/24 dev eth0
  ip route add default via 10.0.2.2
fi

share() { mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=1048576,cache=loose "$1" "$2" || LAB_FAILED="$LAB_FAILED Cannot mount $1;"; }
mkdir -p /host /tools /written /root-of-all
share host /host
share tools /tools
mount -t tmpfs written /written
mkdir /written/upper /written/work
mount -t overlay -o lowerdir=/tools:/host,upperdir=/written/upper,workdir=/written/work overlay /root-of-all ||
  LAB_FAILED="$LAB_FAILED Cannot lay the layers over each other;"

cd /root-of-all
mkdir -p lib/modules proc sys dev run tmp lab
mount --bind /lib/modules lib/modules
cp /bin/busybox /lab/* lab/
for folder in proc sys dev; do mount --move /$folder $folder; done
mount -t tmpfs run run
mkdir -p run/udev run/lock
export LAB_FAILED
# Moved, not only chrooted: udev refuses to work in a chroot.
mount --move . /
exec chroot . /lab/busybox sh /lab/agent.sh
