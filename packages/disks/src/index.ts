/**
 * Block devices and the work on them: discover, refuse, plan, erase, verify, image, health. No network.
 *
 * Read `disk-host.ts` for what a station sees, `discovery/discover.ts` and `discovery/refusals.ts` for how a device is
 * found and judged, `job/job-process.ts` and `job/job-context.ts` for how work is carried out, and `erase/erase.ts` for
 * the work that matters most. Each kind of work is a folder: what makes its plan, and what carries that out.
 */
export * from "./disk-host.ts";
export { linuxDiskHost, type LinuxDiskHost, type LinuxDiskHostOptions } from "./linux-disk-host.ts";
