/** What devices are, in words. */
import { mayHideAreas, type Device, type Identity } from "@trofie/contract";

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

/** Areas beyond what is addressed; null where none can be. */
export function hiddenText(device: Device): string | null {
  const { hidden } = device;
  if (mayHideAreas(device)) return "not known";
  const present = (["hpa", "dco"] as const).filter((area) => hidden[area] === "present");
  return present.length === 0
    ? null
    : `${present.map((area) => area.toUpperCase()).join(" and ")}: not all of it can be addressed`;
}
