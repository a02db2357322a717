/** Erases that the disk's own firmware carries out: one table, as of the methods. */
import * as z from "zod";

export interface FirmwareErase {
  readonly title: string;
  /** The standard that defines the command. */
  readonly source: string;
  /** By SP 800-88r1 appendix A; Format NVM is counted as Clear, for IEEE 2883 could not be read. */
  readonly level: "Clear" | "Purge";
  readonly note?: string;
}

const purge = { level: "Purge" } as const;
const nvme = "NVM Express Base Specification 2.0";

export const firmwareErases = {
  "ata-sanitize-crypto": {
    title: "ATA Sanitize, crypto scramble",
    source: "ACS-4 §7.36 CRYPTO SCRAMBLE EXT",
    ...purge,
  },
  "ata-sanitize-block": {
    title: "ATA Sanitize, block erase",
    source: "ACS-4 §7.36 BLOCK ERASE EXT",
    ...purge,
  },
  "ata-sanitize-overwrite": {
    title: "ATA Sanitize, overwrite",
    source: "ACS-4 §7.36 OVERWRITE EXT",
    ...purge,
  },
  "ata-security-erase-enhanced": {
    title: "ATA Security Erase, enhanced",
    source: "ACS-4 §7.37 SECURITY ERASE UNIT",
    level: "Purge",
    note: "Purge on hard disks only; on flash it is Clear",
  },
  "ata-security-erase": {
    title: "ATA Security Erase",
    source: "ACS-4 §7.37 SECURITY ERASE UNIT",
    level: "Clear",
  },
  "nvme-sanitize-crypto": { title: "NVMe Sanitize, crypto erase", source: `${nvme} §5.24`, ...purge },
  "nvme-sanitize-block": { title: "NVMe Sanitize, block erase", source: `${nvme} §5.24`, ...purge },
  "nvme-sanitize-overwrite": { title: "NVMe Sanitize, overwrite", source: `${nvme} §5.24`, ...purge },
  "nvme-format-crypto": {
    title: "NVMe Format, cryptographic erase",
    source: `${nvme} §5.14 (SES 010b)`,
    level: "Clear",
  },
  "nvme-format": {
    title: "NVMe Format, user data erase",
    source: `${nvme} §5.14 (SES 001b)`,
    level: "Clear",
  },
  "scsi-sanitize-crypto": {
    title: "SCSI Sanitize, cryptographic erase",
    source: "SBC-4 §5.30 SANITIZE",
    ...purge,
  },
  "scsi-sanitize-block": { title: "SCSI Sanitize, block erase", source: "SBC-4 §5.30 SANITIZE", ...purge },
  "scsi-sanitize-overwrite": { title: "SCSI Sanitize, overwrite", source: "SBC-4 §5.30 SANITIZE", ...purge },
} as const satisfies Record<string, FirmwareErase>;

export type FirmwareEraseId = keyof typeof firmwareErases;
export const FirmwareEraseId = z.enum(Object.keys(firmwareErases) as [FirmwareEraseId, ...FirmwareEraseId[]]);
