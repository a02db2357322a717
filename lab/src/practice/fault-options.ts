import { parseArgs } from "node:util";
import {
  faultErrors,
  type BadSectors,
  type FaultError,
  type Faults,
  type SectorRange,
} from "../fault-disk/faults.ts";

/** The faults of a disk as somebody types them, when a loop begins and while it is there. */
export const faultOptions = {
  "bad-sectors": { type: "string" },
  "bad-reads": { type: "string" },
  "bad-writes": { type: "string" },
  error: { type: "string", default: "EIO" },
  lies: { type: "string" },
  "delay-ms": { type: "string" },
  hang: { type: "boolean" },
  dead: { type: "boolean" },
} as const;

export const faultHelp = `\
  --bad-sectors 1000,2000-2007  can be neither read nor written
  --bad-reads, --bad-writes     only the one, or the other
  --error ${Object.keys(faultErrors).join("|")}
                                what a bad sector says; EIO if nothing is said
  --lies 0-4095                 writes that begin here are acknowledged and not done
  --delay-ms 20                 every operation takes at least so long
  --hang                        nothing is answered until this is taken back
  --dead                        everything fails`;

type FaultValues = ReturnType<typeof parseArgs<{ options: typeof faultOptions }>>["values"];

export function parseFaults(words: readonly string[]): Faults {
  return faultsFrom(parseArgs({ args: [...words], options: faultOptions }).values);
}

export function faultsFrom(values: FaultValues): Faults {
  const error = knownError(values.error ?? "EIO");
  const bad = (text: string | undefined, fails: BadSectors["fails"]) =>
    ranges(text).map(({ first, count }) => ({ first, count, fails, error }));
  return {
    badSectors: [
      ...bad(values["bad-sectors"], "reads and writes"),
      ...bad(values["bad-reads"], "reads"),
      ...bad(values["bad-writes"], "writes"),
    ],
    lyingWrites: ranges(values.lies),
    delayMs: wholeNumber(values["delay-ms"] ?? "0"),
    condition: values.dead ? "dead" : values.hang ? "hanging" : "working",
  };
}

/** `1000,2000-2007`: the last one is part of the range. */
function ranges(text = ""): Required<SectorRange>[] {
  return text
    .split(",")
    .filter(Boolean)
    .map((part) => {
      const [first, last = first] = part.split("-") as [string, string?];
      return { first: wholeNumber(first), count: wholeNumber(last) - wholeNumber(first) + 1 };
    });
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`Not a whole number: ${text}`);
  return Number(text);
}

function knownError(text: string): FaultError {
  if (text in faultErrors) return text as FaultError;
  throw new Error(`No error that a disk can have: ${text}`);
}
