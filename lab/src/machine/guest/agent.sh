# Serves the host's commands over the virtio-serial port named "lab":
#   in   <id> <limit in seconds> <shell script, base64>          one after another
#        &<id> <limit in seconds> <shell script, base64>         beside the others
#   out  <id> <exit code> <stdout, base64> <stderr, base64>      "=" where there is none
# The first line out, with id 0, says that the machine is up, or with exit code 1 what is wrong with it.
bb=/lab/busybox
folder=/run/lab
$bb mkdir -p $folder
cd $folder

until [ -n "$port" ]; do
  for found in /sys/class/virtio-ports/*; do
    read -r name < "$found/name" && [ "$name" = lab ] && port=/dev/${found##*/}
  done
  $bb usleep 10000
done
exec 3<>"$port"

encoded() { if [ -s "$1" ]; then $bb base64 -w0 "$1"; else echo =; fi; }

# One line at a time: a folder is made by one only.
reply() {
  line="$1 $2 $(encoded $1.out) $(encoded $1.err)"
  until $bb mkdir writing 2>/dev/null; do $bb usleep 5000; done
  echo "$line" >&3
  $bb rmdir writing
  $bb rm -f $1.script $1.out $1.err
}

run() {
  echo "$3" | $bb base64 -d > $1.script
  (cd / && exec $bb timeout "$2" /bin/sh $folder/$1.script) > $1.out 2> $1.err < /dev/null 3>&-
  reply $1 $?
}

echo "$LAB_FAILED" > 0.err
if [ -z "$LAB_FAILED" ]; then reply 0 0; else reply 0 1; fi
while read -r id limit script <&3; do
  case $id in
    "&"*) run "${id#&}" "$limit" "$script" & ;;
    *) run "$id" "$limit" "$script" ;;
  esac
done
