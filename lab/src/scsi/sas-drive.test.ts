import { expect, test } from "vitest";
import { operation, type ScsiOutcome } from "./scsi-command.ts";
import { SasDrive } from "./sas-drive.ts";

function makeDrive(): SasDrive {
  const drive = new SasDrive({ sizeBytes: 65536, serial: "S-1" });
  drive.erasure.pace = "by hand";
  drive.media.fill(7);
  return drive;
}

function execute(drive: SasDrive, bytes: readonly number[], brought = Buffer.alloc(0)): Promise<ScsiOutcome> {
  const cdb = Buffer.alloc(16);
  cdb.set(bytes);
  return drive.execute({ cdb, transferBytes: brought.length || 512, fetch: async () => brought });
}

/** Key, code and qualifier in hexadecimal, or "good". */
function judged(outcome: ScsiOutcome): string {
  if (outcome.ended === "good") return "good";
  return [outcome.sense[2]!, outcome.sense[12]!, outcome.sense[13]!]
    .map((byte) => byte.toString(16))
    .join("/");
}

const immediate = 0x80;
const blockErase = 2;
const exitFailureMode = 0x1f;
const ready = [operation.testUnitReady];
const readFirst = [operation.read10, 0, 0, 0, 0, 0, 0, 0, 1];

test("a drive that sanitizes is not ready, says how far it is, and still says who it is", async () => {
  const drive = makeDrive();
  expect(judged(await execute(drive, [operation.sanitize, immediate | blockErase]))).toBe("good");
  drive.erasure.advanceTo(0.5);
  expect(judged(await execute(drive, readFirst))).toBe("2/4/1b");
  const requested = await execute(drive, [operation.requestSense]);
  expect(requested.ended === "good" && requested.content?.readUInt16BE(16)).toBe(32767);
  expect(judged(await execute(drive, [operation.inquiry]))).toBe("good");
  drive.erasure.finish();
  expect(judged(await execute(drive, ready))).toBe("good");
  expect(drive.media.countOthers(0)).toBe(0);
});

test("a sanitize that is waited for is answered when it ends, and fails as it fails", async () => {
  const drive = makeDrive();
  drive.erasure.fate = "fails";
  const sanitizing = execute(drive, [operation.sanitize, blockErase]);
  await drive.erasure.begun;
  drive.erasure.finish();
  expect(judged(await sanitizing)).toBe("3/31/3");
  expect(judged(await execute(drive, ready))).toBe("3/31/3");
  expect(judged(await execute(drive, [operation.sanitize, exitFailureMode]))).toBe("good");
  expect(judged(await execute(drive, ready))).toBe("good");
});

test("an overwrite leaves the pattern that it was brought", async () => {
  const drive = makeDrive();
  await execute(drive, [operation.sanitize, immediate | 1], Buffer.from([1, 0, 0, 1, 0x5a]));
  drive.erasure.finish();
  expect(drive.media.countOthers(0x5a)).toBe(0);
});

test("a format says that it is one", async () => {
  const drive = makeDrive();
  await execute(drive, [operation.formatUnit, 0x10], Buffer.from([0, 0b10, 0, 0]));
  expect(judged(await execute(drive, ready))).toBe("2/4/4");
  drive.erasure.finish();
  expect(judged(await execute(drive, ready))).toBe("good");
});

test("a sector that cannot be read is named, and heals when it is written", async () => {
  const drive = makeDrive();
  drive.unreadable.add(0);
  const failed = await execute(drive, readFirst);
  expect(judged(failed)).toBe("3/11/0");
  await execute(drive, [operation.write10, 0, 0, 0, 0, 0, 0, 0, 1], Buffer.alloc(512, 1));
  expect(judged(await execute(drive, readFirst))).toBe("good");
});

test("nothing reads past the end, and what it cannot do it refuses", async () => {
  const drive = makeDrive();
  expect(judged(await execute(drive, [operation.read10, 0, 0, 0, 0, 128, 0, 0, 1]))).toBe("5/21/0");
  expect(judged(await execute(drive, [0xff]))).toBe("5/20/0");
  expect(judged(await execute(drive, [operation.sanitize, 9]))).toBe("5/24/0");
});
