/** What devices are, in words. */
import type { Device, Identity } from "@trofie/contract";

export const kindWords: Readonly<Record<Identity["kind"], string>> = {
  disk: "Disk",
  loop: "Loop device",
  practice: "Practice file",
};

const busWords: Readonly<Record<string, string>> = {
  nvme: "NVMe",
  sata: "SATA",
  sas: "SAS",
  usb: "USB",
  mmc: "MMC",
};

/** "SATA, rotating"; null for what has no bus. */
export function busText({ identity, bus, rotational }: Device): string | null {
  if (identity.kind !== "disk") return null;
  const name = bus === null ? "not known" : (busWords[bus] ?? bus);
  // A virtual disk says that it rotates, whatever lies behind it.
  return rotational === true && bus !== "virtio" ? `${name}, rotating` : name;
}

/**
 * Areas beyond what is addressed; null where none is known of. Only ATA has host protected areas and device
 * configuration overlays (ACS-2).
 */
export function hiddenText({ hidden, bus }: Device): string | null {
  if ((bus === "sata" || bus === "ata") && hidden.hpa === "unknown") return "not known";
  const present = (["hpa", "dco"] as const).filter((area) => hidden[area] === "present");
  return present.length === 0
    ? null
    : `${present.map((area) => area.toUpperCase()).join(" and ")}: not all of it can be addressed`;
}
