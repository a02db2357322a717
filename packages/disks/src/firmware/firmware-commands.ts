/** The one table of the firmware's commands: to which disks each is given, and which family gives it. */
import type { FirmwareEraseId } from "@trofie/contract";
import { ataSanitize } from "./ata-sanitize.ts";
import { ataSecurity } from "./ata-security.ts";
import type { FirmwareFamily } from "./firmware-family.ts";
import type { Medium } from "./medium.ts";
import { nvmeFormat } from "./nvme-format.ts";
import { nvmeSanitize } from "./nvme-sanitize.ts";
import { scsiSanitize } from "./scsi-sanitize.ts";

export type DiskKind = Exclude<Medium["kind"], "none">;

export interface FirmwareCommand {
  readonly for: DiskKind;
  readonly family: FirmwareFamily;
  /** On flash it reaches no spare cells, or need not: counted as Clear there. */
  readonly isClearOnFlash?: true;
  /** It changes the key of the disk's encryption and nothing else. */
  readonly isByKey?: true;
}

export const firmwareCommands: Readonly<Record<FirmwareEraseId, FirmwareCommand>> = {
  "ata-sanitize-crypto": { for: "ata", family: ataSanitize, isByKey: true },
  "ata-sanitize-block": { for: "ata", family: ataSanitize },
  "ata-sanitize-overwrite": { for: "ata", family: ataSanitize, isClearOnFlash: true },
  "ata-security-erase-enhanced": { for: "ata", family: ataSecurity, isClearOnFlash: true },
  "ata-security-erase": { for: "ata", family: ataSecurity },
  "nvme-sanitize-crypto": { for: "nvme", family: nvmeSanitize, isByKey: true },
  "nvme-sanitize-block": { for: "nvme", family: nvmeSanitize },
  "nvme-sanitize-overwrite": { for: "nvme", family: nvmeSanitize },
  "nvme-format-crypto": { for: "nvme", family: nvmeFormat, isByKey: true },
  "nvme-format": { for: "nvme", family: nvmeFormat },
  "scsi-sanitize-crypto": { for: "scsi", family: scsiSanitize, isByKey: true },
  "scsi-sanitize-block": { for: "scsi", family: scsiSanitize },
  "scsi-sanitize-overwrite": { for: "scsi", family: scsiSanitize, isClearOnFlash: true },
};

/**
 * What `nist-purge` takes, the first that the disk has: by SP 800-88r1 appendix A, Sanitize before Security Erase. What
 * goes over the medium comes before what only changes a key. Nothing that would be no more than Clear.
 */
export const purgeOrder: Readonly<
  Record<DiskKind, Readonly<Record<"flash" | "magnetic", readonly FirmwareEraseId[]>>>
> = {
  ata: {
    flash: ["ata-sanitize-block", "ata-sanitize-crypto"],
    magnetic: ["ata-sanitize-overwrite", "ata-sanitize-crypto", "ata-security-erase-enhanced"],
  },
  nvme: {
    flash: ["nvme-sanitize-block", "nvme-sanitize-crypto", "nvme-sanitize-overwrite"],
    magnetic: ["nvme-sanitize-block", "nvme-sanitize-crypto", "nvme-sanitize-overwrite"],
  },
  scsi: {
    flash: ["scsi-sanitize-block", "scsi-sanitize-crypto"],
    magnetic: ["scsi-sanitize-overwrite", "scsi-sanitize-crypto"],
  },
};
