import { expect, test } from "vitest";
import { ataOperation, type AtaOutcome } from "./ata-command.ts";
import { SataDrive } from "./sata-drive.ts";

function makeDrive(): SataDrive {
  const drive = new SataDrive({ sizeBytes: 65536, serial: "A-1" });
  drive.erasure.pace = "by hand";
  drive.media.fill(7);
  return drive;
}

function password(text: string, flags = 0): Buffer {
  const content = Buffer.alloc(512);
  content[0] = flags;
  content.write(text, 2);
  return content;
}

function ask(drive: SataDrive, operation: number, content: Buffer = Buffer.alloc(0)): Promise<AtaOutcome> {
  return drive.executeAta({ operation, feature: 0, count: 0, address: 0, content });
}

function sanitize(drive: SataDrive, feature: number, address = 0): Promise<AtaOutcome> {
  return drive.executeAta({
    operation: ataOperation.sanitize,
    feature,
    count: 0,
    address,
    content: Buffer.alloc(0),
  });
}

async function erase(drive: SataDrive, content: Buffer): Promise<AtaOutcome> {
  await ask(drive, ataOperation.securityErasePrepare);
  return ask(drive, ataOperation.securityErase, content);
}

const enhanced = 0b10;
const master = 0b01;
const status = 0x00;
const blockErase = 0x12;
const overwrite = 0x14;
const freezeLock = 0x20;

test("a secure erase with the right password erases, and forgets the password", async () => {
  const drive = makeDrive();
  await ask(drive, ataOperation.securitySetPassword, password("right"));
  const erasing = erase(drive, password("right", enhanced));
  await drive.erasure.begun;
  expect(drive.erasure.running).toBe("enhanced security erase");
  drive.erasure.finish();
  expect((await erasing).ended).toBe("done");
  expect([drive.security.isEnabled, drive.media.countOthers(0)]).toEqual([false, 0]);
});

test("a secure erase is refused without a password, with a wrong one, and without its preparation", async () => {
  const drive = makeDrive();
  expect((await erase(drive, password(""))).ended).toBe("aborted");
  await ask(drive, ataOperation.securitySetPassword, password("right"));
  expect((await erase(drive, password("wrong"))).ended).toBe("aborted");
  expect((await ask(drive, ataOperation.securityErase, password("right"))).ended).toBe("aborted");
  expect(drive.media.countOthers(7)).toBe(0);
});

test("a frozen drive changes nothing about its security until its power was off", async () => {
  const drive = makeDrive();
  await ask(drive, ataOperation.securityFreeze);
  expect((await ask(drive, ataOperation.securitySetPassword, password("p"))).ended).toBe("aborted");
  drive.security.powerOn();
  expect((await ask(drive, ataOperation.securitySetPassword, password("p"))).ended).toBe("done");
});

test("a drive with a password comes up locked, and opens to user and master", async () => {
  const drive = makeDrive();
  await ask(drive, ataOperation.securitySetPassword, password("m", master));
  await ask(drive, ataOperation.securitySetPassword, password("u"));
  for (const content of [password("u"), password("m", master)]) {
    drive.security.powerOn();
    expect(drive.security.isLocked).toBe(true);
    expect((await ask(drive, ataOperation.securityUnlock, content)).ended).toBe("done");
    expect(drive.security.isLocked).toBe(false);
  }
});

test("after five wrong passwords even the right one is refused, until the power was off", async () => {
  const drive = makeDrive();
  await ask(drive, ataOperation.securitySetPassword, password("right"));
  for (let i = 0; i < 5; i++) await ask(drive, ataOperation.securityDisable, password("wrong"));
  expect((await ask(drive, ataOperation.securityDisable, password("right"))).ended).toBe("aborted");
  drive.security.powerOn();
  expect((await ask(drive, ataOperation.securityUnlock, password("right"))).ended).toBe("done");
});

test("a secure erase that failed keeps the drive locked away behind its password", async () => {
  const drive = makeDrive();
  drive.erasure.fate = "fails";
  await ask(drive, ataOperation.securitySetPassword, password("right"));
  const erasing = erase(drive, password("right"));
  await drive.erasure.begun;
  drive.erasure.finish();
  expect((await erasing).ended).toBe("aborted");
  expect(drive.security.isEnabled).toBe(true);
});

test("a sanitize is answered at once, and its status tells how far it is and how it ended", async () => {
  const drive = makeDrive();
  expect(await sanitize(drive, status)).toEqual({ ended: "done", count: 0, address: 0xffff });
  await sanitize(drive, blockErase);
  drive.erasure.advanceTo(0.5);
  expect(await sanitize(drive, status)).toEqual({ ended: "done", count: 0x4000, address: 32768 });
  drive.erasure.finish();
  expect(await sanitize(drive, status)).toEqual({ ended: "done", count: 0x8000, address: 0xffff });
  expect(drive.media.countOthers(0)).toBe(0);
});

test("a sanitize that failed says so when its status is asked for", async () => {
  const drive = makeDrive();
  drive.erasure.fate = "fails";
  await sanitize(drive, overwrite, 0x5a5a5a5a);
  drive.erasure.finish();
  expect((await sanitize(drive, status)).ended).toBe("aborted");
  expect(drive.media.countOthers(0x5a)).toBe(32768);
});

test("a sanitize is refused after a freeze lock, and while there is a password", async () => {
  const drive = makeDrive();
  await ask(drive, ataOperation.securitySetPassword, password("p"));
  expect((await sanitize(drive, blockErase)).ended).toBe("aborted");
  await ask(drive, ataOperation.securityDisable, password("p"));
  await sanitize(drive, freezeLock);
  expect((await sanitize(drive, blockErase)).ended).toBe("aborted");
});

test("a drive's identity adds up to zero", async () => {
  const outcome = await ask(makeDrive(), ataOperation.identify);
  const content = (outcome.ended === "done" && outcome.content) || Buffer.alloc(0);
  expect(content.length).toBe(512);
  expect(content.reduce((sum, byte) => sum + byte, 0) % 256).toBe(0);
});
