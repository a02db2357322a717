/**
 * The daemon on the machine with the disks.
 *
 * Read `station.ts`, `core.ts` and `doors.ts` for its parts, `journal.ts` for what it remembers, `job-queue.ts` for how jobs run,
 * `handlers.ts` for what each command does, `access.ts` for who is let in.
 */
export { StartError } from "./start-error.ts";
export type { Listening } from "./doors.ts";
export { Station, type StationOptions } from "./station.ts";
