import type { ErasePlan, ImageWritePlan, PlannedPass } from "@trofie/contract";
import { expect, test } from "vitest";
import { planText } from "./plan-text.ts";

const planned = {
  bootId: "b",
  path: "/dev/sdb",
  identity: {
    kind: "disk",
    serial: "WD-1234",
    wwn: null,
    model: "A disk",
    sizeBytes: 4_000_787_030_016,
    busPath: null,
    backing: null,
    diskseq: "7",
  },
  bytesTotal: 8_001_574_060_032,
  estimatedMs: 44_453_000,
  holds: [{ path: "/dev/sdb1", type: "ext4", label: "photos", sizeBytes: 1 }],
  warnings: ["It has grown old"],
  confirm: { word: "1234", what: "the last four of its serial" },
} as const;

const overwrites = (...words: string[]): PlannedPass[] =>
  words.map((write, i) => ({ kind: "overwrite", write, verified: i === words.length - 1 }));

const erase: ErasePlan = {
  ...planned,
  kind: "erase",
  holds: [...planned.holds],
  warnings: [...planned.warnings],
  method: { id: "dod-e", title: "DoD, 3 passes", source: "A standard" },
  passes: overwrites("00", "ff", "random"),
  rounds: 1,
  shuffled: [],
  stream: "chacha8",
  reading: "sampled",
  level: "Clear",
};

test("a plan says to which disk what would be done, how it is checked, and what is lost", () => {
  expect(planText(erase)).toBe(
    [
      "Erase /dev/sdb",
      "  device    A disk, 4.00 TB",
      "  serial    WD-1234",
      "  method    DoD, 3 passes (Clear)",
      "  source    A standard",
      "  passes    00, ff, random",
      "  random    chacha8, with a key of its own for each pass",
      "  read back after the last pass: at least a tenth, at places drawn for the job (NIST SP 800-88r1 §4.7)",
      "  work      8.00 TB in all; estimated time: 12 h 20 min",
      '  holds     ext4 "photos" on /dev/sdb1',
      "  warning   It has grown old",
    ].join("\n"),
  );
});

test("a plan says when it gives the disk up", () => {
  const limits = { minBytesPerSecond: 5_000_000, averagedMs: 60_000, maxTemperatureC: 60 };
  expect(planText({ ...erase, giveUp: limits })).toContain(
    "\n  gives up  below 5.00 MB/s over 1 min, above 60 °C\n",
  );
  expect(planText({ ...erase, giveUp: { ...limits, minBytesPerSecond: null } })).toContain(
    "\n  gives up  above 60 °C\n",
  );
});

test("a plan without random passes says nothing of a stream, and one of the disk's own nothing of reading back", () => {
  expect(planText({ ...erase, passes: overwrites("00") })).not.toContain("chacha8");
  const text = planText({ ...erase, passes: [{ kind: "firmware", command: "nvme-format" }], bytesTotal: 0 });
  expect(text).not.toContain("read back");
  expect(text).toContain("  passes    NVMe Format, user data erase\n");
  expect(text).toContain("what the disk says of it, and samples from before and after");
});

const image: ImageWritePlan = {
  ...planned,
  kind: "image-write",
  holds: [],
  warnings: [],
  image: { name: "debian.img.xz", format: "xz", sizeBytes: 300_000_000, modifiedAt: "" },
  contentBytes: null,
  grow: true,
  sha256: null,
};

test("the plan of an image says what is written, what is compared, and what is grown", () => {
  expect(planText(image)).toBe(
    [
      "Write debian.img.xz to /dev/sdb",
      "  device    A disk, 4.00 TB",
      "  serial    WD-1234",
      "  image     300 MB of xz, unpacked: its size is known when it is unpacked",
      "  sha256    computed, and compared with nothing (--sha256 gives what it must be)",
      "  grow      the last Linux partition, and the file system in it, to the end of the device",
      "  work      8.00 TB in all; estimated time: 12 h 20 min",
      "  holds     nothing that we know",
    ].join("\n"),
  );
});
