/** Options that several commands take, so that they are called and explained the same everywhere. */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { readings } from "@trofie/contract";

export const deviceArgument = "serial:…, wwn:…, a path such as /dev/sdb, a link to it, or a bare name";

export const confirmOption = new Option(
  "--confirm <word>",
  "the word to type, for scripts: last four of the serial, or the device's name",
);

export const planOption = new Option(
  "--plan <hash>",
  "start exactly the plan of that hash, or nothing, if it has changed since --dry-run showed it",
).argParser(sha256Of);

export const dryRunOption = new Option("--dry-run", "show the plan and its hash, and start nothing").default(
  false,
);

export const waitOption = new Option("--wait", "follow the job to its end").default(false);

/** Of work that is done in seconds, and that one asks for to see what comes of it. */
export const waitByDefaultOption = new Option(
  "--wait",
  "follow the job to its end, which takes seconds",
).default(true);
export const noWaitOption = new Option("--no-wait", "leave the job to itself");

export const readOption = new Option(
  "--read <how-much>",
  "how much is read back and compared: full (every byte), sampled (a tenth, by NIST's rule), quick (a hundredth)",
)
  .choices(readings)
  .default("full" as const);

/** Bytes in hex, in capitals or not, with spaces or not. */
export function hexOf(text: string): string {
  const hex = text.replace(/[\s:]/g, "").toLowerCase();
  if (!/^([0-9a-f]{2}){1,256}$/.test(hex)) throw new InvalidArgumentError("Write 1 to 256 bytes in hex.");
  return hex;
}

export function sha256Of(text: string): string {
  const hex = text.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new InvalidArgumentError("A SHA-256 has 64 digits of hex.");
  return hex;
}

export function countOf(most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!/^\d+$/.test(text) || count < 1 || count > most)
      throw new InvalidArgumentError(`It is a number from 1 to ${most}.`);
    return count;
  };
}

const rateUnits: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };

/** "5M", "5 MB/s", "1500000": bytes in a second, in the decimal units that are printed on disks. */
export function rateOf(text: string): number {
  const [, figure, unit = ""] = /^(\d+(?:\.\d+)?) ?([kmg]?)(?:b(?:\/s)?)?$/i.exec(text) ?? [];
  const rate = Math.round(Number(figure) * rateUnits[unit.toLowerCase()]!);
  if (!(rate >= 1 && rate <= 1e12)) throw new InvalidArgumentError("It is bytes in a second, such as 5M.");
  return rate;
}
