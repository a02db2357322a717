/**
 * What a station understands, as data and types; no I/O.
 *
 * Read `device.ts` and `job.ts` for the words, `work.ts`, `plan.ts` and `report.ts` for what can be
 * asked of a device, what that would do and what came of it, `methods.ts` and `fill.ts` for how is erased, and
 * `station-contract.ts` for the whole.
 */
export * from "./audit.ts";
export * from "./default-paths.ts";
export * from "./device.ts";
export * from "./errors.ts";
export * from "./fill.ts";
export * from "./firmware-erases.ts";
export * from "./job.ts";
export * from "./job-states.ts";
export * from "./methods.ts";
export * from "./nearest-word.ts";
export * from "./pass-list.ts";
export * from "./plan.ts";
export * from "./quantities.ts";
export * from "./report.ts";
export * from "./station-contract.ts";
export * from "./station-view.ts";
export * from "./words.ts";
export * from "./work.ts";
