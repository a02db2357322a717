#!/lab/busybox sh
# find-disk SERIAL: waits for the disk with this serial number, and prints the kernel's name for it (sda, nvme0n1).
# Without udev: each bus keeps the serial elsewhere, and a USB bridge keeps it on the USB device, some levels up.
serials() {
  cat $1/serial $1/device/serial 2>/dev/null
  # The unit serial number page, behind its header of four bytes.
  echo $(tail -c +5 $1/device/vpd_pg80 2>/dev/null)
  above=$(readlink -f $1/device)
  while [ -n "$above" ]; do
    case $above in */usb*) cat $above/serial 2>/dev/null ;; esac
    above=${above%/*}
  done
}

while :; do
  for disk in /sys/block/*; do
    [ -e $disk/device ] || continue
    serials $disk | tr -s ' ' '\n' | grep -qxF -- "$1" || continue
    echo "${disk##*/}"
    exit 0
  done
  usleep 100000
done
