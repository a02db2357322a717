import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Job } from "@trofie/contract";
import type { BadSectors } from "../../fault-disk/faults.ts";
import { terminalProgram } from "../../stations/our-programs.ts";
import { findingsOf } from "../../stations/remote-control.ts";
import { whatWasWritten } from "../../trials/what-was-written.ts";
import { long, secret } from "../scenario.ts";
import { onStand, sizeBytes, type FaultyGuestDisk } from "./stand.ts";

export const ourErases = [
  onStand(
    "our station erases and reads back a disk on every bus, and with sectors of 4096 bytes",
    async (place) => {
      const { control } = place.station;
      const { disks } = place;
      for (const { source } of disks) source.media.fill(secret);
      const jobs = await Promise.all(
        disks.map(async ({ serial, bus }) => {
          const { path } = await control.device(serial);
          return control.eraseToEnd(path, { method: bus === "scsi" ? "random" : "zero" });
        }),
      );
      for (const [i, { serial, source }] of disks.entries()) {
        const job = jobs[i]!;
        assert.equal(job.state, "erased", `${serial}: ${job.report?.message}`);
        const pass = findingsOf(job).passes[0]!;
        assert.ok(pass.kind === "overwrite");
        assert.deepEqual(
          { ...pass.verification, durationMs: 0 },
          {
            kind: "full",
            bytesRead: sizeBytes,
            mismatchedBytes: 0,
            unreadableBytes: 0,
            evidence: true,
            durationMs: 0,
          },
          serial,
        );
        assert.ok(whatWasWritten(findingsOf(job), sizeBytes).equals(source.media.peek(0, sizeBytes)), serial);
        assert.ok(control.progress.has(job.id), `${serial} has told no progress`);
      }
    },
  ),

  onStand("our terminal erases a disk of another machine, with the token of its station", async (place) => {
    const { path, identity } = await place.station.control.device("NVME-512");
    place.source("NVME-512").media.fill(secret);
    const { port, token } = place.station;
    const args = [
      "erase",
      path,
      "--method",
      "zero",
      "--confirm",
      identity.serial!.slice(-4),
      "--wait",
      "--json",
    ];
    const terminal = spawn(
      process.execPath,
      [terminalProgram, "--station", `tcp:127.0.0.1:${port}`, ...args],
      {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, TROFIE_TOKEN: token },
      },
    );
    let printed = "";
    terminal.stdout.on("data", (text: Buffer) => (printed += text.toString()));
    const [exitCode] = (await once(terminal, "close")) as [number];
    assert.equal(exitCode, 0, printed);
    const { result } = JSON.parse(printed.trim().split("\n").at(-1)!) as { result: Job };
    assert.equal(result.state, "erased");
    assert.equal(place.source("NVME-512").media.countOthers(0), 0);
  }),

  long(
    onStand(
      "our station erases all of a disk but its bad sectors, and finds exactly those, on every bus",
      async (place) => {
        const { control } = place.station;
        const disks = place.disks.filter(({ serial }) => serial.endsWith("-512"));
        for (const disk of disks) {
          disk.source.media.fill(secret);
          disk.source.setFaults({ badSectors: badSectorsOf(disk) });
        }
        const jobs = await Promise.all(
          disks.map(async ({ serial }) =>
            control.eraseToEnd((await control.device(serial)).path, { method: "zero" }),
          ),
        );
        for (const [i, disk] of disks.entries()) {
          disk.source.setFaults({});
          const job = jobs[i]!;
          assert.equal(job.state, "erased-with-errors", `${disk.serial}: ${job.report?.message}`);
          assert.deepEqual(findingsOf(job).faulty, expectedRanges(disk), disk.serial);
          const unwrittenBytes = 2 * disk.source.sectorBytes;
          assert.ok(disk.source.media.countOthers(0) <= unwrittenBytes, disk.serial);
        }
      },
    ),
  ),
];

const blockBytes = 2 ** 20;

/**
 * Near the ends of what is written at once, so that few sectors must be tried one by one; and few, for the kernel tries a
 * bad one again and again, and resets a USB bridge each time. Not where blkid looks: VMware's file system would be at 2 MiB.
 * Many are tried by `bad-sectors.ts`.
 */
function badSectorsOf({ source: { sectorBytes } }: FaultyGuestDisk): BadSectors[] {
  const inBlock = blockBytes / sectorBytes;
  return [
    { first: 5 * inBlock + 2, fails: "reads" },
    { first: 8 * inBlock - 2, count: 2, fails: "writes" },
  ];
}

function expectedRanges(disk: FaultyGuestDisk) {
  const { sectorBytes } = disk.source;
  return badSectorsOf(disk).map(({ first, count = 1, fails }) => ({
    offset: first * sectorBytes,
    lengthBytes: count * sectorBytes,
    fault: fails === "reads" ? "read" : "write",
    exact: true,
  }));
}
