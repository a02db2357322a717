/** Finds the device of a plan again, for work that opens none: other programs are given its path. */
import { Refusal } from "@trofie/commands/errors";
import type { Plan } from "@trofie/contract";
import { readBootId } from "../machine/process-id.ts";
import type { Machine } from "../machine/machine.ts";
import { discoverWithoutContents, type Found } from "./discover.ts";
import { differenceBetween } from "./identity.ts";
import type { Places } from "./surroundings.ts";

const durable = ["kind", "serial", "wwn", "model", "sizeBytes", "busPath", "backing"] as const;

/**
 * What is at the plan's path now. Throws a `Refusal` DEVICE_NOT_FOUND or IDENTITY_CHANGED unless it is the planned device
 * and, within the boot of the plan, the same attachment of it. `verb` as in "Cannot check /dev/sdb".
 */
export async function findPlanned(
  machine: Machine,
  places: Places,
  { path, identity, bootId }: Pick<Plan, "path" | "identity" | "bootId">,
  verb: string,
): Promise<Found> {
  const devices = await discoverWithoutContents(machine, places);
  const found = devices.find(({ device }) => device.path === path);
  if (found === undefined) throw new Refusal("DEVICE_NOT_FOUND", `Cannot ${verb} ${path}: it is gone`);
  const isSameBoot = (await readBootId(machine)) === bootId;
  const now = found.device.identity;
  const seen = identity.busPath === null ? { ...now, busPath: null } : now;
  const fields = isSameBoot ? [...durable, "diskseq" as const] : durable;
  if (differenceBetween(identity, seen, fields) === null) return found;
  throw new Refusal("IDENTITY_CHANGED", `Cannot ${verb} ${path}: another device is there than was planned`);
}
