/** The file systems that can be grown, and how: with which programs, and how it is proved that all is well. */

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Exit codes that mean that it went well. */
  readonly wellCodes: readonly number[];
}

export interface Growable {
  /** Debian's package. */
  readonly package: string;
  /** Before anything is changed: makes sure that the file system is whole. */
  readonly check: (device: string) => Command | null;
  readonly grow: (device: string) => Command;
  /** Afterwards; changes nothing. */
  readonly prove: (device: string) => Command;
}

const command = (program: string, ...args: string[]): Command => ({ program, args, wellCodes: [0] });

/** e2fsck(8): 1 is "errors were corrected", as after a journal was played back. */
const ext: Growable = {
  package: "e2fsprogs",
  check: (device) => ({ ...command("e2fsck", "-f", "-p", device), wellCodes: [0, 1] }),
  grow: (device) => command("resize2fs", device),
  prove: (device) => command("e2fsck", "-f", "-n", device),
};

/**
 * Grows a file system that has to be mounted for it. In a mount namespace of its own, so that nobody else sees it, and
 * that nothing stays mounted whatever happens; nothing in the image is run or obeyed.
 */
function mounted(type: string, options: string, device: string, grow: string): Command {
  const script = `mount -t ${type} -o ${options} "$1" /mnt && ${grow} && umount /mnt`;
  return command("unshare", "--mount", "sh", "-c", script, "sh", device);
}

export const growables: Readonly<Record<string, Growable>> = {
  ext2: ext,
  ext3: ext,
  ext4: ext,
  xfs: {
    package: "xfsprogs",
    check: () => null, // its journal is played back by mounting it
    grow: (device) => mounted("xfs", "nouuid,nosuid,nodev,noexec", device, "xfs_growfs /mnt"),
    prove: (device) => command("xfs_repair", "-n", device),
  },
  btrfs: {
    package: "btrfs-progs",
    check: (device) => command("btrfs", "check", "--readonly", device),
    grow: (device) => mounted("btrfs", "nosuid,nodev,noexec", device, "btrfs filesystem resize max /mnt"),
    prove: (device) => command("btrfs", "check", "--readonly", device),
  },
};

/** What is often in a last partition and is not grown, in words. */
export const notGrowable: Readonly<Record<string, string>> = {
  LVM2_member: "it is a physical volume of LVM",
  crypto_LUKS: "it is encrypted (LUKS)",
  swap: "it is swap",
  vfat: "it holds FAT",
  ntfs: "it holds NTFS",
  linux_raid_member: "it is a member of a RAID",
  zfs_member: "it is a member of a ZFS pool",
};
