/** The last word on whether work may be done to a device. Every plan asks it first, and a job's process once more. */
import { Refusal } from "@trofie/commands/errors";
import type { WorkKind } from "@trofie/contract";
import type { Found } from "./discover.ts";
import { refusalTo } from "./refusals.ts";

/**
 * Throws a `Refusal` with the first obstacle to that kind of work, in its words: "Cannot spin down /dev/sdb: it is
 * mounted at /home". Erasing and writing need a device that nobody uses and that takes writes; for reading and for
 * spinning down, read-only is no obstacle; unmounting is refused only on the system's disk; health never.
 */
export function refuseUnlessFit(
  { device, obstacles }: Pick<Found, "device" | "obstacles">,
  kind: WorkKind,
): void {
  const refusal = refusalTo(kind, device.path, obstacles);
  if (refusal !== null) throw new Refusal(refusal.code, refusal.message);
}
