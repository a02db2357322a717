/**
 * What a station understands, as data and types; no I/O.
 *
 * Read `device.ts` and `job.ts` for the words, `erase-methods.ts` for how is erased, `plan.ts` and `erase-calls.ts` for how that is asked for, and
 * `station-contract.ts` for the whole.
 */
export * from "./default-paths.ts";
export * from "./device.ts";
export * from "./erase-methods.ts";
export * from "./errors.ts";
export * from "./job.ts";
export * from "./plan.ts";
export * from "./quantities.ts";
export * from "./station-contract.ts";
export * from "./station-view.ts";
