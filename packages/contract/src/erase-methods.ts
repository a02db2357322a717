/**
 * The methods of erasing: the one table that plans, help, page and documentation are made from. To add a method, add
 * a row.
 */

/** One sweep of writing over the whole device. */
export interface Pass {
  /** The bytes repeated over the device, in hex; which of them comes where follows from the absolute offset. */
  readonly patternHex: string;
}

export interface EraseMethod {
  readonly title: string;
  /** The standard or paper that defines it, with the clause. */
  readonly source: string;
  readonly passes: readonly Pass[];
  /** The last pass is read back whole and compared, byte by byte. */
  readonly verify: "last";
  /** What the method reaches by NIST SP 800-88r2 §3.1; overwriting is never more than Clear. */
  readonly level: "Clear" | "Purge";
}

export const eraseMethods: Readonly<Record<string, EraseMethod>> = {
  zero: {
    title: "Zeros, one pass",
    source: "NIST SP 800-88r2 §3.1.1: one pass of a fixed value over all user-addressable locations",
    passes: [{ patternHex: "00" }],
    verify: "last",
    level: "Clear",
  },
};

/** The method of that name; names are data from outside, so only the table's own rows count. */
export function findEraseMethod(id: string): EraseMethod | undefined {
  return Object.hasOwn(eraseMethods, id) ? eraseMethods[id] : undefined;
}
