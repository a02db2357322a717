/**
 * Block devices and the work on them: discover, refuse, plan, erase, verify. No network.
 *
 * Read `disk-host.ts` for what a station sees, `discover.ts` and `refusals.ts` for how a device is found and judged,
 * `methods.ts` and `make-plan.ts` for what would be done to it, `job-process.ts` and `erase.ts` for how it is done.
 */
export * from "./disk-host.ts";
export { linuxDiskHost, type LinuxDiskHostOptions } from "./linux-disk-host.ts";
