/** Which commands reach a disk's firmware: told by how it is attached. */
import type { Device } from "@trofie/contract";
import type { Machine } from "../machine/machine.ts";
import { sysfsName } from "./ask-disk.ts";

export type Medium =
  | { readonly kind: "ata" | "nvme" | "scsi"; readonly isFlash: boolean }
  /** `why`: in words, as "it is a virtual disk: …". */
  | { readonly kind: "none"; readonly why: string };

export async function mediumOf(
  machine: Machine,
  { path, bus, rotational, identity }: Device,
): Promise<Medium> {
  if (identity.kind !== "disk") return none(`it is a ${identity.kind} device: a file has no firmware`);
  if (bus !== null && bus in unreachable) return none(unreachable[bus] ?? "");
  const name = sysfsName(path);
  const isFlash = rotational !== true;
  if (/^nvme\d+n\d+$/.test(name)) return { kind: "nvme", isFlash: true };
  if (!/^sd[a-z]+$/.test(name)) return none("its kind has no command of the firmware that is known here");
  // SAT-3, INQUIRY: a translator puts "ATA" for the vendor, be the disk behind AHCI, a SAS adapter or iSCSI.
  const vendor = await machine.readText(`/sys/block/${name}/device/vendor`);
  if (vendor === null) return none("it does not say of what kind it is");
  return { kind: vendor === "ATA" ? "ata" : "scsi", isFlash };
}

/** Bridges take Security Erase and lose the disk in the middle, or answer for it: none of their answers is trusted. */
const unreachable: Readonly<Record<string, string>> = {
  usb: "it is attached by USB: no command of its own is reachable",
  mmc: "it is a memory card: no command of its own is reachable",
  virtio: "it is a virtual disk: no command of the disk below is reachable",
};

function none(why: string): Medium {
  return { kind: "none", why };
}
