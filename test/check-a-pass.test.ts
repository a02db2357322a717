/** What docs/methods.md says: anybody can check a pass with programs that are not ours. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { ErasePlan } from "@trofie/contract";
import { overwriteMethods } from "@trofie/contract";
import { afterAll, describe, expect, test } from "vitest";
import { plannedPasses, resolvePasses } from "../packages/disks/src/erase/fills.ts";
import { placesOf } from "../packages/disks/src/erase/sample.ts";
import { blockBytes, blockMaker } from "../packages/disks/src/erase/streams/block-maker.ts";
import { LoopWorkshop, whyNoLoops } from "../packages/disks/src/testing/loop-device.ts";

const page = readFileSync(join(import.meta.dirname, "../docs/methods.md"), "utf8");
const [keyCommand, wholeCommand, partCommand] = [...page.matchAll(/```sh\n([^]*?)```/g)].map(
  ([, text]) => text!,
);

function shell(command: string, env: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", command], {
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const seedHex = "0123456789abcdef".repeat(4);

/** The last pass of dod-3, which is random, as it would be written under the seed. */
function lastPass(stream: ErasePlan["stream"]) {
  const options = { rounds: 1, blank: false, verify: "last", discard: false } as const;
  const plan = { ...plannedPasses(overwriteMethods["dod-3"]!, options), rounds: 1, stream };
  const pass = resolvePasses(plan, seedHex).at(-1);
  if (pass?.kind !== "overwrite" || pass.fill.kind !== "random")
    throw new Error("The last pass is not random");
  return pass.fill;
}

test("the key of a pass follows from the seed by sha256sum alone", () => {
  const { stdout } = shell(keyCommand!, { SEED: seedHex });
  expect(stdout).toBe(`${lastPass("chacha8").keyHex}  -\n`);
});

/** The rule of the page, with nothing of ours in it but its words. */
function sampledUnits(sizeBytes: number, label: string, percent: number): Set<number> {
  const below = (of: string, limit: number): number => {
    const fair = Math.floor(2 ** 32 / limit) * limit;
    for (let attempt = 1; ; attempt++) {
      const hash = createHash("sha256").update(Buffer.from(seedHex, "hex")).update(`${of}, try ${attempt}`);
      const drawn = hash.digest().readUInt32BE();
      if (drawn < fair) return drawn % limit;
    }
  };
  const last = Math.ceil(sizeBytes / 4096) - 1;
  const read = new Set([0, last]);
  for (let i = 0; i < 1000; i++) {
    const from = 1 + Math.floor(((last - 1) * i) / 1000);
    const units = 1 + Math.floor(((last - 1) * (i + 1)) / 1000) - from;
    const length = Math.ceil((units * percent) / 100);
    const draws = [1, 2].map((place) =>
      below(`${label}, subsection ${i + 1}, place ${place}`, units - 2 * length + 1),
    );
    for (let unit = 0; unit < length; unit++)
      read.add(from + Math.min(...draws) + unit).add(from + Math.max(...draws) + length + unit);
  }
  return read;
}

test.each([
  ["sampled", 5],
  ["quick", 0.5],
] as const)("the places of a %s reading follow from the seed by the rule of the page", (reading, percent) => {
  const sizeBytes = 300 * 1024 * 1024 + 512;
  const places = placesOf(sizeBytes, reading, seedHex, "samples of pass 3");
  const units = places.flatMap(({ offset, lengthBytes }) =>
    Array.from({ length: Math.ceil(lengthBytes / 4096) }, (_, i) => offset / 4096 + i),
  );
  expect(page).toContain("samples of pass 3, subsection 17, place 1, try 1");
  expect(units).toEqual([...sampledUnits(sizeBytes, "samples of pass 3", percent)].toSorted((a, b) => a - b));
});

const why = whyNoLoops();
describe.skipIf(why !== null)(`on a loop device${why === null ? "" : ` (${why})`}`, () => {
  const workshop = new LoopWorkshop();
  afterAll(() => workshop.removeAll());

  /** A disk after the pass, and all that the commands want to know. */
  function writtenDisk(stream: "chacha20" | "aes-256-ctr") {
    const sizeBytes = 5 * blockBytes + 512;
    const disk = workshop.attach(workshop.makeFile(sizeBytes), "--direct-io=on");
    const fill = lastPass(stream);
    const maker = blockMaker(fill, 1);
    const fd = openSync(disk, constants.O_RDWR | constants.O_EXCL | constants.O_DIRECT);
    for (let at = 0; at < sizeBytes; at += blockBytes) {
      writeSync(fd, maker.make(at, Math.min(blockBytes, sizeBytes - at), 0), 0, undefined, at);
    }
    closeSync(fd);
    maker.close();
    return { DISK: disk, STREAM: stream, KEY: fill.keyHex };
  }

  function changeByte(disk: string, at: number): void {
    const fd = openSync(disk, "r+");
    writeSync(fd, Buffer.from([0xbe, 0xbf]), 0, 2, at);
    closeSync(fd);
  }

  test.each(["chacha20", "aes-256-ctr"] as const)("openssl and cmp check a whole pass of %s", (stream) => {
    const env = writtenDisk(stream);
    expect(shell(wholeCommand!, env)).toEqual({ status: 0, stdout: "", stderr: "" });
    changeByte(env.DISK, 5 * blockBytes + 500);
    expect(shell(wholeCommand!, env)).toMatchObject({ status: 1, stdout: expect.stringContaining("differ") });
  });

  test("openssl and cmp check a part of a pass", () => {
    const env = { ...writtenDisk("aes-256-ctr"), OFFSET: String(3 * blockBytes + 48) };
    expect(shell(partCommand!, env)).toEqual({ status: 0, stdout: "", stderr: "" });
    changeByte(env.DISK, 4 * blockBytes + 40);
    expect(shell(partCommand!, env)).toMatchObject({ status: 1, stdout: expect.stringContaining("differ") });
  });
});
