/**
 * Erases that the disk's own firmware carries out: one table, as of the methods. Sources name the command, for its
 * clause has another number in each edition.
 */
import * as z from "zod";

export interface FirmwareErase {
  readonly title: string;
  /** The standard that defines the command. */
  readonly source: string;
  /** By SP 800-88r1 appendix A; Format NVM is counted as Clear, for IEEE 2883 could not be read. */
  readonly level: "Clear" | "Purge";
  /** What it reaches its level on, where that is not every disk that has it; elsewhere it is Clear. */
  readonly levelOn?: "hard disks";
  readonly note?: string;
}

const purge = { level: "Purge" } as const;
const nvmeSanitize = "NVM Express Base Specification 2.0, Sanitize";
const nvmeFormat = "NVM Express Base Specification 2.0, Format NVM";

export const firmwareErases = {
  "ata-sanitize-crypto": {
    title: "ATA Sanitize, crypto scramble",
    source: "ACS-4, CRYPTO SCRAMBLE EXT",
    ...purge,
  },
  "ata-sanitize-block": {
    title: "ATA Sanitize, block erase",
    source: "ACS-4, BLOCK ERASE EXT",
    ...purge,
  },
  "ata-sanitize-overwrite": {
    title: "ATA Sanitize, overwrite",
    source: "ACS-4, OVERWRITE EXT",
    ...purge,
    levelOn: "hard disks",
    note: "Purge on hard disks only; on flash it is Clear",
  },
  "ata-security-erase-enhanced": {
    title: "ATA Security Erase, enhanced",
    source: "ACS-4, SECURITY ERASE UNIT",
    level: "Purge",
    levelOn: "hard disks",
    note: "Purge on hard disks only; on flash it is Clear",
  },
  "ata-security-erase": {
    title: "ATA Security Erase",
    source: "ACS-4, SECURITY ERASE UNIT",
    level: "Clear",
  },
  "nvme-sanitize-crypto": { title: "NVMe Sanitize, crypto erase", source: nvmeSanitize, ...purge },
  "nvme-sanitize-block": { title: "NVMe Sanitize, block erase", source: nvmeSanitize, ...purge },
  "nvme-sanitize-overwrite": { title: "NVMe Sanitize, overwrite", source: nvmeSanitize, ...purge },
  "nvme-format-crypto": {
    title: "NVMe Format, cryptographic erase",
    source: `${nvmeFormat} with SES 010b`,
    level: "Clear",
  },
  "nvme-format": {
    title: "NVMe Format, user data erase",
    source: `${nvmeFormat} with SES 001b`,
    level: "Clear",
  },
  "scsi-sanitize-crypto": {
    title: "SCSI Sanitize, cryptographic erase",
    source: "SBC-4, SANITIZE",
    ...purge,
  },
  "scsi-sanitize-block": { title: "SCSI Sanitize, block erase", source: "SBC-4, SANITIZE", ...purge },
  "scsi-sanitize-overwrite": {
    title: "SCSI Sanitize, overwrite",
    source: "SBC-4, SANITIZE",
    ...purge,
    levelOn: "hard disks",
    note: "Purge on hard disks only; on flash it is Clear",
  },
} as const satisfies Record<string, FirmwareErase>;

export type FirmwareEraseId = keyof typeof firmwareErases;
export const FirmwareEraseId = z.enum(Object.keys(firmwareErases) as [FirmwareEraseId, ...FirmwareEraseId[]]);
