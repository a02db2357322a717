/** The last word on whether work may be done to a device. Every plan asks it first, and a job's process once more. */
import { Refusal } from "@trofie/commands/errors";
import type { WorkKind } from "@trofie/contract";
import type { Found } from "./discover.ts";
import { refusalTo } from "./refusals.ts";

/**
 * Throws a `Refusal` with the first obstacle to that kind of work, in its words: "Cannot spin down /dev/sdb: it is
 * mounted at /home". Erasing and writing need a device that nobody uses and that takes writes; for reading, neither
 * read-only nor protected is an obstacle; for spinning down read-only is none; unmounting is refused only on the system's
 * disk and on a protected one; health never. What the kernel cannot use is neither read nor written.
 */
export function refuseUnlessFit(
  { device, obstacles }: Pick<Found, "device" | "obstacles">,
  kind: WorkKind,
): void {
  const refusal = refusalTo(kind, device.path, obstacles);
  if (refusal !== null) throw new Refusal(refusal.code, refusal.message);
}
