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
  readonly uses: readonly Use[];
}

/** One reason not to touch a device: a code, and the present state in words, to follow "Cannot erase /dev/sdb: ". */
export interface Obstacle {
  readonly code: "DEVICE_IS_SYSTEM" | "DEVICE_READ_ONLY" | "DEVICE_IN_USE";
  readonly state: string;
}

/**
 * All of them, in the order in which they are told. The system's disk first, for no unmounting makes it eligible
 * (decision 0005). Then read-only: the kernel opens such a device for writing and refuses only the write. Then whoever
 * uses it.
 */
export function obstaclesOf(device: Candidate): Obstacle[] {
  const { path, readOnly, mayWrite, systemPath, uses } = device;
  const system = systemPath === null ? [] : [`it holds ${systemPath}, which this machine runs from`];
  const locked = readOnly ? ["it is read-only"] : mayWrite ? [] : ["this station may not write to it"];
  const used = uses.map((use) => `${use.path === path ? "it" : use.path} is ${use.how}`);
  return [
    ...system.map((state) => ({ code: "DEVICE_IS_SYSTEM", state }) as const),
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

const toWrite = ["DEVICE_IS_SYSTEM", "DEVICE_READ_ONLY", "DEVICE_IN_USE"] as const;
/** What somebody writes to meanwhile cannot be read as it was at one moment. */
const toRead = ["DEVICE_IS_SYSTEM", "DEVICE_IN_USE"] as const;

const inTheWayOf: Readonly<Record<WorkKind, readonly Obstacle["code"][]>> = {
  erase: toWrite,
  "image-write": toWrite,
  verify: toRead,
  "image-read": toRead,
  "spin-down": toRead,
  unmount: ["DEVICE_IS_SYSTEM"],
  health: [],
};
