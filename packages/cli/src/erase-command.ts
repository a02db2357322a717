import { Option } from "@commander-js/extra-typings";
import { streams, type CustomMethod } from "@trofie/contract";
import { readMethodFile } from "./method-file.ts";
import { orderPlannedWork } from "./order-planned-work.ts";
import type { AddCommand } from "./program.ts";
import { programName } from "./program-name.ts";
import { shellWord } from "./shell-word.ts";
import {
  confirmOption,
  countOf,
  deviceArgument,
  dryRunOption,
  planOption,
  rateOf,
  readOption,
  waitOption,
} from "./work-options.ts";

const more = `
A method file is JSON: { "title": "…", "passes": ["00", "ff", "92 49 24", "random", "a", "~a"] }; a pass is bytes in hex,
random, a letter (a byte drawn for each round) or ~ and that letter (its complement).
All methods and what they write: ${programName} methods`;

/** `trofie erase DEVICE`: shows the plan, has it confirmed, starts it, and with `--wait` follows it to its end. */
export const addErase: AddCommand = (parent, common) => {
  parent
    .command("erase")
    .description("erase a device: shows the plan, asks for confirmation, starts the job")
    .argument("<device>", deviceArgument)
    .option("--method <id>", `the erase method; ${programName} methods lists them all`)
    .addOption(
      new Option("--method-file <file>", "a method of your own, as a file of JSON").conflicts("method"),
    )
    .addOption(
      new Option("--rounds <n>", "how often all its passes are done").argParser(countOf(100)).default(1),
    )
    .option("--blank", "a last pass of zeros after all others", false)
    .addOption(
      new Option(
        "--verify <passes>",
        "which passes are read back: the last (and others where the method says so), or all",
      )
        .choices(["last", "all"] as const)
        .default("last" as const),
    )
    .addOption(readOption)
    .addOption(
      new Option("--stream <name>", "what makes random bytes; OpenSSL can check all but chacha8")
        .choices(streams)
        .default("chacha8" as const),
    )
    .option(
      "--discard",
      "also give all blocks back to the medium at the end; an extra that proves nothing",
      false,
    )
    .addOption(
      new Option(
        "--min-rate <rate>",
        "give the disk up below so many bytes in a second over a minute, such as 5M",
      ).argParser(rateOf),
    )
    .addOption(
      new Option(
        "--max-temperature <celsius>",
        "give the disk up when it is warmer, as its own sensor says",
      ).argParser(countOf(120)),
    )
    .addOption(dryRunOption)
    .addOption(planOption)
    .addOption(confirmOption)
    .addOption(waitOption)
    .addHelpText("after", more)
    .action(async (path, { method, methodFile, confirm, plan, dryRun, wait, ...how }, command) => {
      const what = `erase ${shellWord(path)}`;
      const manner = { ...common(), what, confirm, plan, dryRun, wait };
      const chosen = method ?? (await methodOfFile(methodFile, (message) => command.error(message)));
      const { read, minRate, maxTemperature, ...rest } = how;
      const work = {
        path,
        method: chosen,
        reading: read,
        ...(minRate !== undefined && { minBytesPerSecond: minRate }),
        ...(maxTemperature !== undefined && { maxTemperatureC: maxTemperature }),
        ...rest,
      };
      await orderPlannedWork(
        manner,
        (client) => client.query("erase.plan", work),
        (client, confirmation) => client.operate("erase.start", { ...work, ...confirmation }),
      );
    });
};

function methodOfFile(
  file: string | undefined,
  complain: (message: string) => never,
): CustomMethod | Promise<CustomMethod> {
  return file === undefined
    ? complain("error: required option '--method <id>' or '--method-file <file>' not specified")
    : readMethodFile(file);
}
