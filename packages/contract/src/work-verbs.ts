import type { WorkKind } from "./work.ts";

/** What a refusal says cannot be done to the device: "Cannot spin down /dev/sdb: …". */
export const workVerbs: Readonly<Record<WorkKind, string>> = {
  erase: "erase",
  verify: "verify",
  "image-write": "write to",
  "image-read": "read",
  health: "check",
  "spin-down": "spin down",
  unmount: "unmount",
};
