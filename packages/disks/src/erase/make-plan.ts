/** Makes the plan of an erase. The same device and method give the same plan until something about them changes. */
import { Refusal } from "@trofie/commands";
import {
  confirmationWord,
  eraseMethods,
  findEraseMethod,
  type Content,
  type Device,
  type EraseMethod,
  type ErasePlan,
  type Identity,
  type PlannedPass,
} from "@trofie/contract";
import type { Found } from "../discovery/discover.ts";
import { printable } from "../machine/printable.ts";

/** `holds` is what the device holds now; null when that could not be read in time. */
export function makePlan(
  found: Pick<Found, "device" | "isThroughMemory">,
  methodId: string,
  holds: Content[] | null,
  bootId: string,
): ErasePlan {
  const { device } = found;
  const method = methodOf(device.path, methodId);
  if (device.refusal !== null) throw new Refusal(device.refusal.code, device.refusal.message);
  const passes = plannedPasses(method);
  const bytesTotal = bytesOfPasses(passes, device.identity.sizeBytes);
  return {
    bootId,
    path: device.path,
    identity: device.identity,
    method: { id: methodId, title: method.title, source: method.source },
    passes,
    level: method.level,
    bytesTotal,
    estimatedMs: Math.ceil((bytesTotal / likelyBytesPerSecond(device)) * 1000),
    holds: holds ?? [],
    warnings: warningsOf(found, holds),
    confirm: { word: confirmationWord(device.path, device.identity), what: whatTheWordIs(device) },
  };
}

/** Each pass writes the whole device, and a verified one also reads it. */
function bytesOfPasses(passes: readonly PlannedPass[], sizeBytes: number): number {
  return passes.reduce((sum, { verified }) => sum + sizeBytes * (verified ? 2 : 1), 0);
}

function methodOf(path: string, id: string): EraseMethod {
  const method = findEraseMethod(id);
  if (method !== undefined) return method;
  const known = Object.keys(eraseMethods).join(", ");
  throw new Refusal(
    "ERASE_METHOD_NOT_FOUND",
    `Cannot erase ${path} by "${printable(id)}": the methods are ${known}`,
  );
}

function plannedPasses({ passes, verify }: EraseMethod): PlannedPass[] {
  const isVerified = (i: number) => verify === "last" && i === passes.length - 1;
  return passes.map(({ patternHex }, i) => ({ patternHex, verified: isVerified(i) }));
}

/** Typical sustained rates by kind of disk, in bytes per second; only for the estimate before the job runs. */
function likelyBytesPerSecond({ bus, rotational }: Device): number {
  if (bus === "loop" || bus === "file") return 1e9;
  if (bus === "usb") return rotational === true ? 100e6 : 150e6;
  if (bus === "nvme") return 1.5e9;
  if (bus === "mmc") return 40e6;
  return rotational === true ? 180e6 : 450e6;
}

function warningsOf(
  { device, isThroughMemory }: Pick<Found, "device" | "isThroughMemory">,
  holds: Content[] | null,
): string[] {
  const { identity } = device;
  const warnings: [boolean, string][] = [
    [holds === null, "What it holds could not be read; take it for full"],
    [
      isThroughMemory,
      "The file behind it is read through memory: verification will be no evidence (losetup --direct-io=on makes it so)",
    ],
    [isFlash(device), "Flash: overwriting does not reach spare and retired cells, which may keep old data"],
    [identity.busPath !== null, busPathWarning(device)],
    [
      hasNoName(identity),
      "It has no serial number, no WWN and no place on a bus: only model and size tell it from others",
    ],
  ];
  return warnings.flatMap(([isDue, text]) => (isDue ? [text] : []));
}

function isFlash({ identity, bus, rotational }: Device): boolean {
  return identity.kind === "disk" && bus !== "virtio" && (rotational === false || bus === "mmc");
}

function hasNoName({ kind, serial, wwn, busPath }: Identity): boolean {
  return kind === "disk" && serial === null && wwn === null && busPath === null;
}

function busPathWarning({ identity }: Device): string {
  const why =
    identity.serial === null && identity.wwn === null
      ? "It has neither serial number nor WWN"
      : "Another disk has the same serial number and WWN";
  return `${why}: it is recognised by where it is attached, ${identity.busPath}`;
}

function whatTheWordIs({ identity }: Device): string {
  if (identity.serial !== null) return "the last four characters of its serial number";
  return identity.kind === "practice" ? "the name of its file" : "its name, for it has no serial number";
}
