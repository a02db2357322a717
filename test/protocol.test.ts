/** The transcript of docs/protocol.md, replayed line by line on a real station's socket. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { Workplace } from "./steps/station-process.ts";

const page = readFileSync(join(import.meta.dirname, "../docs/protocol.md"), "utf8");
const transcript = /```transcript\n([^]*?)```/.exec(page)![1]!.trim().split("\n");

/** What names stand for, as they become known. */
type Known = Map<string, string>;

/** True when what was heard has all that is written; learns the names that it meets for the first time. */
function matches(written: unknown, heard: unknown, known: Known): boolean {
  if (written === "…") return heard !== undefined;
  if (typeof written === "string" && written.startsWith("$")) {
    const value = JSON.stringify(heard);
    if (!known.has(written) && heard !== undefined) known.set(written, value);
    return known.get(written) === value;
  }
  if (typeof written !== "object" || written === null) return written === heard;
  const inside = (heard ?? {}) as Record<string, unknown>;
  return Object.entries(written).every(([key, value]) => matches(value, inside[key], known));
}

test("a station says what the transcript says", async () => {
  await using place = new Workplace();
  place.practiceDisk("disk", 1024 * 1024);
  await place.start();
  const socket = connect(place.socket);
  await once(socket, "connect");
  const known: Known = new Map();
  const heard = createInterface({ input: socket })[Symbol.asyncIterator]();

  for (const line of transcript) {
    const said = line.slice(2).replaceAll(/"(\$[A-Z]+)"/g, (name, key: string) => known.get(key) ?? name);
    if (line.startsWith("→")) {
      socket.write(`${said}\n`);
      continue;
    }
    const written: unknown = JSON.parse(line.slice(2));
    for (;;) {
      const { value, done } = await heard.next();
      if (done) throw new Error(`the station closed before it said ${line}`);
      const message: unknown = JSON.parse(value);
      const trial = new Map(known);
      if (!matches(written, message, trial)) continue;
      for (const [name, given] of trial) known.set(name, given);
      break;
    }
  }
  socket.destroy();
  expect([...known.keys()].toSorted()).toEqual(["$EPOCH", "$HASH", "$JOB", "$SEQ"]);
});
