/**
 * The daemon on the machine with the disks.
 *
 * Read `station.ts`, `core.ts` and `doors.ts` for its parts, `journal.ts` and `jobs.ts` for what it remembers,
 * `handlers.ts` and `accept-work.ts` for what each command does, `job-queue.ts` and `job-run.ts` for how jobs run,
 * `going-on.ts` and `after-restart.ts` for how they go on, `access.ts` for who is let in.
 */
export { StartError } from "./start-error.ts";
export type { Listening } from "./doors.ts";
export { Station, type StationOptions } from "./station.ts";
