/** Writes down disks as sysfs shows them, for `memoryMachine`. */
import type { Entry, Tree } from "./memory-machine.ts";

export interface DiskInSysfs {
  /** Under /sys/devices, its last part the disk's name: "pci0000:00/…/block/sda". */
  readonly folder: string;
  /** "8:0"; its partitions have the minor numbers after it. */
  readonly number: string;
  readonly sizeBytes: number;
  /** Sizes of the partitions. */
  readonly partitions?: readonly number[];
  /** Any other file, by its path under the folder: "device/model", "queue/rotational", "ro". */
  readonly files?: Readonly<Record<string, Entry>>;
}

export function diskInSysfs({ folder, number, sizeBytes, partitions = [], files = {} }: DiskInSysfs): Tree {
  const at = `/sys/devices/${folder}`;
  const name = at.slice(at.lastIndexOf("/") + 1);
  const parts = partitions.map((partBytes, i) => partitionInSysfs(at, name, number, partBytes, i + 1));
  return Object.assign(
    {
      ...device(at, name, number, sizeBytes),
      [`/sys/block/${name}`]: { link: at },
      [`${at}/ro`]: "0",
      [`${at}/diskseq`]: "1",
      [`${at}/queue/logical_block_size`]: "512",
      [`${at}/queue/physical_block_size`]: "512",
      [`${at}/queue/rotational`]: "0",
    },
    ...parts,
    Object.fromEntries(Object.entries(files).map(([path, entry]) => [`${at}/${path}`, entry])),
  );
}

/** What every machine has, with its root on the device of that number; more mounts as lines of mountinfo. */
export function systemOn(number: string, mounts: readonly string[] = []): Tree {
  return {
    "/": { onDevice: number },
    "/proc/self/mountinfo": [mountLine(number, "/", "ext4", "/dev/root"), ...mounts].join("\n"),
    "/proc/swaps": "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority",
  };
}

export function mountLine(
  number: string,
  point: string,
  type: string,
  source: string,
  options = "rw",
): string {
  return `36 27 ${number} / ${point} rw,relatime shared:1 - ${type} ${source} ${options}`;
}

function partitionInSysfs(at: string, disk: string, number: string, sizeBytes: number, index: number): Tree {
  const name = /\d$/.test(disk) ? `${disk}p${index}` : `${disk}${index}`;
  const [major, minor] = number.split(":").map(Number);
  const tree = device(`${at}/${name}`, name, `${major}:${(minor ?? 0) + index}`, sizeBytes);
  return { ...tree, [`${at}/${name}/partition`]: String(index) };
}

function device(at: string, name: string, number: string, sizeBytes: number): Tree {
  return {
    [`${at}/dev`]: number,
    [`${at}/size`]: String(sizeBytes / 512),
    [`/sys/dev/block/${number}`]: { link: at },
    [`/dev/${name}`]: { number },
  };
}
