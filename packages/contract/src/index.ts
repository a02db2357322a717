/**
 * What a station understands, as data and types; no I/O.
 *
 * Read `device.ts` and `job.ts` for the words, `plan.ts` and `erase-methods.ts` for how an erase is asked for, and
 * `station-contract.ts` for the whole.
 */
export * from "./default-paths.ts";
export * from "./device.ts";
export * from "./errors.ts";
export * from "./job.ts";
export * from "./plan.ts";
export * from "./quantities.ts";
export * from "./station-contract.ts";
export * from "./station-view.ts";
