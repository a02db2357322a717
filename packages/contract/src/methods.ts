/**
 * The methods of erasing: the one table that plans, help, page and documentation are made from. To add a method, add
 * a row.
 *
 * A pass is written as one word (`PassWord`): bytes in hex that are repeated over the device ("00", "924924"),
 * `random` (a stream of its own for each pass), or a character, one random byte drawn for each round: "a", and its
 * complement "~a".
 */
import { firmwareErases, type FirmwareErase } from "./firmware-erases.ts";

/** What a method reaches by NIST SP 800-88r2 §3.1; overwriting is never more than Clear. */
export type Level = "Clear" | "Purge";

export interface EraseMethod {
  readonly title: string;
  /** The standard or paper that defines it, with the clause. */
  readonly source: string;
  /** Where the sources disagree, or what a reader of the name would not expect; one sentence. */
  readonly note?: string;
  /** The passes of one round, in order. */
  readonly passes: readonly string[];
  /** Passes that come once, after all rounds. */
  readonly finally?: readonly string[];
  /** The passes [from, to) of each round are carried out in an order that is drawn for the job, and recorded. */
  readonly shuffled?: readonly [from: number, to: number];
  /** Which passes are read back at the least: the last of all, or the last of each round. */
  readonly verify: "last" | "round";
  readonly level: Level;
}

const random = "random";
const times = (count: number, word: string): string[] => Array.from({ length: count }, () => word);

/** The paper's passes 5 to 31, in its order. */
const gutmannPatterns = `
  55 aa 924924 492492 249249
  00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff
  924924 492492 249249 6db6db b6db6d db6db6
`
  .trim()
  .split(/\s+/);

const clear = "NIST SP 800-88r2 §3.1.1: one pass over all user-addressable locations";
const nispom = "DoD 5220.22-M (NISPOM, 1995) §8-306, in the wording of erase programs; withdrawn in 2006";
const is5 = "HMG Infosec Standard 5 (UK), as printed by erase programs; the text is not public";

/** A row of the table. Where it does not say otherwise, the last pass of all is verified. */
type Row = Omit<EraseMethod, "level" | "verify"> & Partial<Pick<EraseMethod, "verify">>;

const rows: Readonly<Record<string, Row>> = {
  zero: { title: "Zeros, one pass", source: clear, passes: ["00"] },
  one: {
    title: "Ones, one pass",
    source: clear,
    note: "Ones are what is left on the disk; nwipe writes zeros over them",
    passes: ["ff"],
  },
  random: { title: "Random, one pass", source: clear, passes: [random] },
  "dod-3": {
    title: "DoD 5220.22-M E, 3 passes",
    source: nispom,
    note: "The text asks for a random character in pass 3; programs write a random stream, as we do",
    passes: ["a", "~a", random],
  },
  "dod-e": {
    title: "DoD 5220.22-M E, 3 fixed passes",
    source: nispom,
    note: "The variant of Eraser, KillDisk and Jetico",
    passes: ["00", "ff", random],
  },
  "dod-7": {
    title: "DoD 5220.22-M ECE, 7 passes",
    source: nispom,
    note: "The variant of nwipe and Eraser: the characters of passes 1, 4 and 5 are drawn apart",
    passes: ["a", "~a", random, "b", "c", "~c", random],
  },
  "dod-ece": {
    title: "DoD 5220.22-M ECE, 7 fixed passes",
    source: nispom,
    note: "E, then C, then E again, with fixed bytes",
    passes: ["00", "ff", random, "a", "00", "ff", random],
  },
  gutmann: {
    title: "Gutmann, 35 passes",
    source: "P. Gutmann, Secure Deletion of Data from Magnetic and Solid-State Memory (1996) §3",
    note: "Passes 5 to 31 come in an order that is drawn for the job, as the paper asks",
    passes: [...times(4, random), ...gutmannPatterns, ...times(4, random)],
    shuffled: [4, 31],
  },
  "is5-baseline": {
    title: "HMG IS5 Baseline, 1 pass",
    source: is5,
    note: "Some sources have one random pass",
    passes: ["00"],
  },
  "is5-enhanced": {
    title: "HMG IS5 Enhanced, 3 passes",
    source: is5,
    note: "The random pass is verified in every round; some sources begin with ff",
    passes: ["00", "ff", random],
    verify: "round",
  },
  vsitr: {
    title: "BSI VSITR, 7 passes",
    source: "BSI, VS-IT-Richtlinien (Germany), as printed by erase programs; replaced by BSI-2011-VS",
    note: "Some programs write a random stream in pass 7",
    passes: ["00", "ff", "00", "ff", "00", "ff", "aa"],
  },
  "bsi-9": {
    title: "BSI, 9 passes as in scrub",
    source: "scrub(1), method bsi",
    passes: ["ff", "fe", "fd", "fb", "f7", "ef", "df", "bf", "7f"],
  },
  ops2: {
    title: "RCMP TSSIT OPS-II, 7 passes",
    source: "RCMP TSSIT OPS-II (Canada), as printed by erase programs; the text is not public",
    note: "nwipe has 9 passes: ops2-nwipe",
    passes: ["00", "ff", "00", "ff", "00", "ff", random],
  },
  "ops2-nwipe": {
    title: "RCMP TSSIT OPS-II, 9 passes as in nwipe",
    source: "nwipe(8), method ops2",
    note: "Four characters, each before its complement; the random pass comes once, after all rounds",
    passes: ["a", "~a", "b", "~b", "c", "~c", "d", "~d"],
    finally: [random],
  },
  schneier: {
    title: "Schneier, 7 passes",
    source: "B. Schneier, Applied Cryptography (2nd ed. 1996) §10.9",
    note: "nwipe calls it bruce7; scrub begins with 00",
    passes: ["ff", "00", ...times(5, random)],
  },
  bmb21: {
    title: "BMB21-2019, 6 passes",
    source: "BMB21-2019 (China), as in nwipe(8); the text is not public",
    passes: ["ff", "00", random, random, random, "ff"],
  },
  "ar380-19": {
    title: "US Army AR 380-19, 3 passes",
    source: "AR 380-19 (1998) appendix F, as in scrub(1)",
    note: "Eraser writes random, a character and its complement instead: ar380-19-eraser",
    passes: ["00", "ff", random],
  },
  "ar380-19-eraser": {
    title: "US Army AR 380-19, 3 passes as in Eraser",
    source: "AR 380-19 (1998) appendix F, as in Eraser",
    passes: [random, "a", "~a"],
  },
  nnsa: {
    title: "NNSA NAP-14.1-C, 3 passes",
    source: "NNSA Policy Letter NAP-14.1-C (US), as in scrub(1)",
    passes: [random, random, "00"],
  },
  "itsg-06": {
    title: "CSEC ITSG-06, 3 passes",
    source: "CSEC ITSG-06 (Canada, 2006), from secondary texts; superseded by ITSP.40.006",
    passes: ["a", "~a", random],
  },
  gost: {
    title: "GOST P50739-95, 2 passes",
    source: "As in Eraser; the standard itself defines no passes",
    passes: ["00", random],
  },
  pfitzner7: {
    title: "Pfitzner, 7 random passes",
    source: "scrub(1), method pfitzner7",
    passes: times(7, random),
  },
  pfitzner33: {
    title: "Pfitzner, 33 random passes",
    source: "scrub(1), method pfitzner33",
    passes: times(33, random),
  },
  "nist-clear": {
    title: "NIST Clear, one pass of zeros",
    source: clear,
    note: "The plan also says what it knows of hidden areas (HPA, DCO)",
    passes: ["00"],
  },
};

/** The methods that overwrite, by id. None of them reaches more than Clear. */
export const overwriteMethods: Readonly<Record<string, EraseMethod>> = Object.fromEntries(
  Object.entries(rows).map(([id, row]) => [id, { verify: "last", ...row, level: "Clear" }]),
);

/** Chooses the firmware command by the kind of disk; refuses where the disk has none, and never overwrites instead. */
export const purgeMethod = "nist-purge";

/** Every id that `erase` takes, with its title and level, in the order of the documentation. */
export const eraseMethods: Readonly<
  Record<string, Pick<EraseMethod, "title" | "source" | "note" | "level">>
> = {
  ...overwriteMethods,
  [purgeMethod]: {
    title: "NIST Purge, by the disk's own command",
    source: "NIST SP 800-88r2 §3.1.2; the command by kind of disk as in SP 800-88r1 appendix A",
    note: "Refused where the disk has no such command: an overwrite is never called a Purge",
    level: "Purge",
  },
  ...firmwareErases,
};

export function isEraseMethod(id: string): boolean {
  return Object.hasOwn(eraseMethods, id);
}

/** The overwriting method of that name; names are data from outside, so only the table's own rows count. */
export function findOverwrite(id: string): EraseMethod | undefined {
  return Object.hasOwn(overwriteMethods, id) ? overwriteMethods[id] : undefined;
}

/** A command of the disk's own firmware, by its id. */
export function findFirmwareErase(id: string): FirmwareErase | undefined {
  return Object.hasOwn(firmwareErases, id) ? firmwareErases[id as keyof typeof firmwareErases] : undefined;
}
