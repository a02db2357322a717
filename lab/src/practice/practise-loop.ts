import { parseArgs } from "node:util";
import { FaultLoop } from "../fault-loop/fault-loop.ts";
import { whyNoFaultLoops } from "../requirements.ts";
import { faultHelp, faultOptions, faultsFrom, parseFaults, wholeNumber } from "./fault-options.ts";
import { say, typedLines } from "./prompt.ts";

export const loopHelp = `\
loop: a /dev/loopN with faults, full of the word SECRET, until you leave

  --size-mib 64                 how large it is
  --sector-bytes 512|4096
  --volatile-cache              what is written and not flushed is lost by a power cut
  --read-only
${faultHelp}

Then type faults in the same way to exchange them, or:
  none          a good disk
  power cut     lose what was not flushed
  counters      what has been done to the disk
  left          how many bytes are not zero
  quit          take it away`;

/** A loop device to try a wipe on, and a prompt to make the disk worse while it runs. */
export async function practiseLoop(args: readonly string[]): Promise<void> {
  const missing = whyNoFaultLoops();
  if (missing) throw new Error(`Cannot make a loop device: it ${missing}`);
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...faultOptions,
      "size-mib": { type: "string", default: "64" },
      "sector-bytes": { type: "string", default: "512" },
      "volatile-cache": { type: "boolean", default: false },
      "read-only": { type: "boolean", default: false },
    },
  });
  await using loop = await FaultLoop.attach({
    sizeBytes: wholeNumber(values["size-mib"]) * 2 ** 20,
    sectorBytes: values["sector-bytes"] === "4096" ? 4096 : 512,
    writeCache: values["volatile-cache"] ? "volatile" : "none",
    access: values["read-only"] ? "read-only" : "read-write",
    faults: faultsFrom(values),
  });
  await loop.disk.fill("SECRET\n");
  say(`${loop.path} is yours (type quit to take it away, help for more)`);
  for await (const line of typedLines(`${loop.path}> `)) {
    await obey(loop, line).catch((error: Error) => say(error.message));
  }
}

async function obey({ disk }: FaultLoop, line: string): Promise<void> {
  switch (line) {
    case "help":
      return say(loopHelp);
    case "none":
      return disk.setFaults({});
    case "power cut":
      return disk.powerCut();
    case "counters":
      return say(
        JSON.stringify({ ...(await disk.counters()), unflushedBytes: await disk.unflushedBytes() }, null, 2),
      );
    case "left":
      return say(`${await disk.countOthers(0)} bytes are not zero`);
    default:
      return disk.setFaults(parseFaults(line.split(/\s+/)));
  }
}
