/** Why a device cannot be erased. The first reason that applies is the one that is told. */
import type { DeviceRefusal, ErrorWord } from "@trofie/contract";
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

/**
 * The system's disk first, for no unmounting makes it eligible. Then read-only: the kernel opens such a device for
 * writing and refuses only the write. Then whoever uses it.
 */
export function refusalOf(device: Candidate): DeviceRefusal | null {
  const [use] = device.uses;
  if (device.systemPath !== null) {
    return refusal("DEVICE_IS_SYSTEM", device, `it holds ${device.systemPath}, which this machine runs from`);
  }
  if (device.readOnly) return refusal("DEVICE_READ_ONLY", device, "it is read-only");
  if (!device.mayWrite) return refusal("DEVICE_READ_ONLY", device, "this station may not write to it");
  if (use === undefined) return null;
  return refusal("DEVICE_IN_USE", device, `${use.path === device.path ? "it" : use.path} is ${use.how}`);
}

function refusal(code: ErrorWord, { path }: Candidate, state: string): DeviceRefusal {
  return { code, state, message: `Cannot erase ${path}: ${state}` };
}
