/** What `nvme -o json` says: objects of numbers, each field looked for and none believed in. */
import { askDisk, type AskedDisk } from "./ask-disk.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Identify Controller (NVM Express Base 2.0). */
export interface NvmeController {
  /** Bit 0 crypto erase, 1 block erase, 2 overwrite. */
  readonly sanicap: number;
  /** Bit 1: it has Format NVM. */
  readonly oacs: number;
  /** Bit 0: a format is of all namespaces; 1: an erase with it is; 2: it can erase by changing the key. */
  readonly fna: number;
}

/** Identify Namespace: what a format must be given again so that the namespace stays as large as it is. */
export interface NvmeNamespace {
  readonly lbaFormat: number;
  readonly isExtended: boolean;
  readonly protection: number;
  readonly isProtectionFirst: boolean;
  /** Percent that a format has yet to do; null where the namespace does not say. */
  readonly percentLeft: number | null;
}

/** Null when it does not answer, or answers as another disk. */
export async function identifyController(disk: AskedDisk): Promise<NvmeController | null> {
  const fields = await askNvme(disk, "id-ctrl");
  if (fields === null) return null;
  const { sn, sanicap, oacs, fna } = fields;
  if (!isCount(sanicap) || !isCount(oacs) || !isCount(fna) || typeof sn !== "string") return null;
  return disk.serial !== null && sn.trim() !== disk.serial ? null : { sanicap, oacs, fna };
}

/** FLBAS bits 0–3 and 5–6 are the format's index, 4 how metadata is moved; DPS bits 0–2 the protection, 3 its place. */
export async function identifyNamespace(disk: AskedDisk): Promise<NvmeNamespace | null> {
  const fields = await askNvme(disk, "id-ns");
  if (fields === null) return null;
  const { flbas, dps, fpi } = fields;
  if (!isCount(flbas) || !isCount(dps)) return null;
  return {
    lbaFormat: (flbas & 0x0f) | ((flbas & 0x60) >> 1),
    isExtended: (flbas & 0x10) !== 0,
    protection: dps & 0x07,
    isProtectionFirst: (dps & 0x08) !== 0,
    percentLeft: isCount(fpi) && (fpi & 0x80) !== 0 ? fpi & 0x7f : null,
  };
}

/** The object that an nvme command printed; null when it failed or printed none. */
export async function askNvme(disk: AskedDisk, command: string): Promise<Fields | null> {
  const { exitCode, stdout } = await askDisk(disk, "nvme", [command, "--output-format=json"]);
  return exitCode === 0 ? parseObject(stdout) : null;
}

export function parseObject(text: string): Fields | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

export function asObject(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
