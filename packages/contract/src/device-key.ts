/** When two identities are of the same device. */
import type { Identity } from "./device.ts";

const durable = ["kind", "serial", "wwn", "model", "sizeBytes", "busPath", "backing"] as const;

/** True when both are the same device, whatever name it has and however often it was attached since. */
export function isSameDevice(a: Identity, b: Identity): boolean {
  return durable.every((field) => a[field] === b[field]);
}

/** A key that is equal exactly for identities of the same device. */
export function deviceKey(identity: Identity): string {
  return JSON.stringify(durable.map((field) => identity[field]));
}
