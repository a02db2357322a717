/** What stands in the way of work on a device, and how that is said. */
import type { DeviceRefusal, WorkKind } from "@trofie/contract";
import { workVerbs } from "@trofie/contract/work-verbs";
import type { Use } from "./uses.ts";

export interface Candidate {
  readonly path: string;
  readonly readOnly: boolean;
  /** Whether the station has the permission to write to it. */
  readonly mayWrite: boolean;
  /** What of the system lives on it: "/", "/var/lib/trofie". */
  readonly systemPath: string | null;
  /** The names by which its owner protects it. */
  readonly protectedBy: readonly string[];
  /** Why the kernel can neither read nor write it. */
  readonly unusable: string | null;
  readonly uses: readonly Use[];
}

/** One reason not to touch a device: a code, and the present state in words, to follow "Cannot erase /dev/sdb: ". */
export interface Obstacle {
  readonly code:
    "DEVICE_IS_SYSTEM" | "DEVICE_PROTECTED" | "DEVICE_UNUSABLE" | "DEVICE_READ_ONLY" | "DEVICE_IN_USE";
  readonly state: string;
}

/**
 * All of them, in the order in which they are told. The system's disk first, for no unmounting makes it eligible
 * (decision 0005), and neither does any make its owner's word void. Then what the kernel cannot use at all. Then
 * read-only: the kernel opens such a device for writing and refuses only the write. Then whoever uses it.
 */
export function obstaclesOf(device: Candidate): Obstacle[] {
  const { path, readOnly, mayWrite, systemPath, protectedBy, unusable, uses } = device;
  const system = systemPath === null ? [] : [`it holds ${systemPath}, which this machine runs from`];
  const kept = protectedBy.length === 0 ? [] : [`it is protected (${protectedBy.join(", ")})`];
  const locked = readOnly ? ["it is read-only"] : mayWrite ? [] : ["this station may not write to it"];
  const used = uses.map((use) => `${use.path === path ? "it" : use.path} is ${use.how}`);
  return [
    ...system.map((state) => ({ code: "DEVICE_IS_SYSTEM", state }) as const),
    ...kept.map((state) => ({ code: "DEVICE_PROTECTED", state }) as const),
    ...(unusable === null ? [] : [{ code: "DEVICE_UNUSABLE", state: unusable } as const]),
    ...locked.map((state) => ({ code: "DEVICE_READ_ONLY", state }) as const),
    ...used.map((state) => ({ code: "DEVICE_IN_USE", state }) as const),
  ];
}

/** Why the device cannot be erased: the first obstacle, in a sentence. */
export function refusalOf(path: string, obstacles: readonly Obstacle[]): DeviceRefusal | null {
  return refusalTo("erase", path, obstacles);
}

/** Why that kind of work cannot be done to the device. */
export function refusalTo(
  kind: WorkKind,
  path: string,
  obstacles: readonly Obstacle[],
): DeviceRefusal | null {
  const first = obstacles.find(({ code }) => inTheWayOf[kind].includes(code));
  if (first === undefined) return null;
  return { ...first, message: `Cannot ${workVerbs[kind]} ${path}: ${first.state}` };
}

/** What somebody writes to meanwhile cannot be read as it was at one moment. */
const toRead = ["DEVICE_IS_SYSTEM", "DEVICE_UNUSABLE", "DEVICE_IN_USE"] as const;
const toWrite = [...toRead, "DEVICE_PROTECTED", "DEVICE_READ_ONLY"] as const;

const inTheWayOf: Readonly<Record<WorkKind, readonly Obstacle["code"][]>> = {
  erase: toWrite,
  "image-write": toWrite,
  verify: toRead,
  "image-read": toRead,
  "spin-down": ["DEVICE_IS_SYSTEM", "DEVICE_PROTECTED", "DEVICE_IN_USE"],
  unmount: ["DEVICE_IS_SYSTEM", "DEVICE_PROTECTED"],
  health: [],
};

/** The first obstacle to opening the device so. */
export function obstacleTo(opening: "read" | "write", obstacles: readonly Obstacle[]): Obstacle | undefined {
  const codes: readonly Obstacle["code"][] = opening === "write" ? toWrite : toRead;
  return obstacles.find(({ code }) => codes.includes(code));
}
