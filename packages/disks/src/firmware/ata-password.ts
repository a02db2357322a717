/** The password that a Security Erase needs, and what a disk refuses while one is set. */
import type { AtaSecurity } from "./ata-identify.ts";

/** No secret: whoever finds a disk that our erase left locked must be able to unlock it. */
export const ourPassword = "trofie";

/** Null when no password is set. */
export function passwordObstacle({ enabled, locked }: AtaSecurity): string | null {
  if (!enabled && !locked) return null;
  const state = locked ? "it is locked with a password" : "a password is set";
  return `${state} (after an erase of ours that was cut off: ${ourPassword})`;
}
