/** Small programs that scenarios run in the guest. */

/** Reads or writes sectors one by one, past the cache; prints `sector error` for each that fails. */
export function scanSectors(device: string, operation: "read" | "write", first: number, end: number): string {
  return `python3 - <<'PROGRAM'
import os, mmap, errno
disk = os.open('${device}', os.O_RDWR | os.O_DIRECT)
memory = mmap.mmap(-1, 512)
for sector in range(${first}, ${end}):
    try:
        ${operation === "read" ? "os.preadv(disk, [memory], sector * 512)" : "os.pwrite(disk, memory, sector * 512)"}
    except OSError as error:
        print(sector, errno.errorcode[error.errno])
PROGRAM`;
}

/** Writes on and on, past the cache; prints the error that ends it. */
export function writeUntilItFails(device: string): string {
  return `python3 - <<'PROGRAM'
import os, mmap, errno
disk = os.open('${device}', os.O_RDWR | os.O_DIRECT)
memory = mmap.mmap(-1, 4096)
memory[:] = b'A' * 4096
offset = 0
try:
    while True:
        os.pwrite(disk, memory, offset % (16 << 20))
        offset += 4096
except OSError as error:
    print(errno.errorcode[error.errno])
PROGRAM`;
}

/** The first bytes of a disk as text, read past the cache. */
export function firstBytes(device: string, lengthBytes: number): string {
  return `dd if=${device} bs=4096 count=1 iflag=direct status=none | head -c ${lengthBytes}`;
}

/** Says to its first client whatever that says. */
export function repeatsWhatItHears(address: string, port: number): string {
  return `python3 - <<'PROGRAM'
import socket
client, _ = socket.create_server(('${address}', ${port})).accept()
while heard := client.recv(4096):
    client.sendall(heard)
PROGRAM`;
}
