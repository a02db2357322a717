import { expect, test } from "vitest";
import { admin, io, NvmeCommand, status } from "./nvme-command.ts";
import { NvmeDrive } from "./nvme-drive.ts";

function makeDrive(): NvmeDrive {
  const drive = new NvmeDrive({ sizeBytes: 65536, serial: "N-1" });
  drive.erasure.pace = "by hand";
  drive.media.fill(7);
  return drive;
}

function command(opcode: number, dwords: Partial<Record<10 | 11 | 12, number>> = {}): NvmeCommand {
  const entry = Buffer.alloc(64);
  entry[0] = opcode;
  for (const [number, value] of Object.entries(dwords)) entry.writeUInt32LE(value, Number(number) * 4);
  return new NvmeCommand(entry);
}

const nothing = async () => Buffer.alloc(0);
const readFirst = (drive: NvmeDrive) => drive.transfer(command(io.read), nothing);
const sanitize = (drive: NvmeDrive, dword10: number, pattern = 0) =>
  drive.administer(command(admin.sanitize, { 10: dword10, 11: pattern }));

const blockErase = 2;
const overwrite = 3;
const exitFailureMode = 1;
const allowUnrestrictedExit = 8;

test("a sanitize is answered at once, refuses the media while it lasts, and is over when it is over", async () => {
  const drive = makeDrive();
  expect(await sanitize(drive, blockErase)).toEqual({ status: status.success });
  drive.erasure.advanceTo(0.5);
  expect(drive.sanitize.state.progress).toBe(32768);
  expect(await readFirst(drive)).toEqual({ status: status.sanitizeInProgress });
  expect(await sanitize(drive, blockErase)).toEqual({ status: status.sanitizeInProgress });
  drive.erasure.finish();
  expect((await readFirst(drive)).content).toEqual(Buffer.alloc(512));
  expect(drive.sanitize.state).toMatchObject({ progress: 65535, globalDataErased: true });
});

test("an overwrite leaves its pattern", async () => {
  const drive = makeDrive();
  await sanitize(drive, overwrite, 0x5a5a5a5a);
  drive.erasure.finish();
  expect(drive.media.countOthers(0x5a)).toBe(0);
});

test("a sanitize that failed refuses the media until another, or until it is left if it allowed that", async () => {
  const drive = makeDrive();
  drive.erasure.fate = "fails";
  for (const [option, answer] of [
    [0, status.sanitizeFailed],
    [allowUnrestrictedExit, status.success],
  ] as const) {
    await sanitize(drive, blockErase | option);
    drive.erasure.finish();
    expect(await readFirst(drive)).toEqual({ status: status.sanitizeFailed });
    expect(await sanitize(drive, exitFailureMode)).toEqual({ status: answer });
  }
  expect((await readFirst(drive)).status).toBe(status.success);
});

test("a sanitize action that does not exist is refused, and nothing happens", async () => {
  const drive = makeDrive();
  expect(await sanitize(drive, 7)).toEqual({ status: status.invalidField });
  expect(drive.media.countOthers(7)).toBe(0);
});

test("the first write after a sanitize ends the claim that everything is erased", async () => {
  const drive = makeDrive();
  await sanitize(drive, blockErase);
  drive.erasure.finish();
  await readFirst(drive);
  await drive.transfer(command(io.write), async () => Buffer.alloc(512, 1));
  expect(drive.sanitize.state.globalDataErased).toBe(false);
});

test("a sector marked unreadable stays so until it is written", async () => {
  const drive = makeDrive();
  await drive.transfer(command(io.writeUncorrectable), nothing);
  expect(await readFirst(drive)).toEqual({ status: status.unrecoveredRead });
  await drive.transfer(command(io.write), async () => Buffer.alloc(512, 1));
  expect((await readFirst(drive)).status).toBe(status.success);
});

test("nothing reads or writes past the end", async () => {
  const drive = makeDrive();
  const past = { 10: 65536 / 512 };
  expect(await drive.transfer(command(io.read, past), nothing)).toEqual({ status: status.beyondTheEnd });
  const write = drive.transfer(command(io.write, past), async () => Buffer.alloc(512));
  expect(await write).toEqual({ status: status.beyondTheEnd });
});

test("a format takes its time, and changes the sectors", async () => {
  const drive = makeDrive();
  const formatting = drive.administer(command(admin.format, { 10: (1 << 9) | 1 }));
  await drive.erasure.begun;
  drive.erasure.finish();
  expect(await formatting).toEqual({ status: status.success });
  expect([drive.sectorBytes, drive.media.countOthers(0)]).toEqual([4096, 0]);
});

test("a format that failed says so, and keeps the sectors", async () => {
  const drive = makeDrive();
  drive.erasure.fate = "fails";
  const formatting = drive.administer(command(admin.format, { 10: 1 }));
  await drive.erasure.begun;
  drive.erasure.finish();
  expect(await formatting).toEqual({ status: status.internalError });
  expect(drive.sectorBytes).toBe(512);
});
