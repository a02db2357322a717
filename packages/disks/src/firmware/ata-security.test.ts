import { expect, test } from "vitest";
import { ataSecurity } from "./ata-security.ts";
import { memoryMachine } from "../testing/memory-machine.ts";
import { PretendedAta } from "./testing/pretended-drives.ts";
import { recorded } from "./testing/recorded.ts";

const asked = (drive: PretendedAta) => ({ machine: drive.machine(), path: drive.path, serial: "NODE-ATA-1" });
const answering = (name: string) => ({
  machine: memoryMachine({}, { tools: { "hdparm -I /dev/sdb": recorded(name) } }),
  path: "/dev/sdb",
  serial: null,
});

test.each([
  ["identify-ata", null],
  ["identify-without-security", "it has no ATA Security Erase"],
  ["identify-frozen", "its Security is frozen (suspend the machine once, then it is not)"],
  ["identify-password-set", "a password is set (after an erase of ours that was cut off: trofie)"],
  ["identify-locked", "it is locked with a password (after an erase of ours that was cut off: trofie)"],
  ["identify-of-scsi", "it does not answer IDENTIFY DEVICE as the planned disk"],
])("%s: %s", async (name, obstacle) => {
  const capabilities = await ataSecurity.capabilities(answering(name));
  expect(capabilities["ata-security-erase"]?.obstacle).toBe(obstacle);
});

test("a disk without the enhanced erase has the other one", async () => {
  const said = recorded("identify-ata");
  const stdout = said.stdout.replace("\t\tsupported: enhanced erase\n", "\tnot\tsupported: enhanced erase\n");
  const machine = memoryMachine({}, { tools: { "hdparm -I /dev/sdb": { ...said, stdout } } });
  expect(await ataSecurity.capabilities({ machine, path: "/dev/sdb", serial: null })).toMatchObject({
    "ata-security-erase": { obstacle: null, estimatedMs: 120_000 },
    "ata-security-erase-enhanced": { obstacle: "it has no enhanced Security Erase" },
  });
});

test("a password that hdparm says was set is only taken for set when the disk says so too", async () => {
  const line = "hdparm --user-master u --security-set-pass trofie /dev/sdb";
  const tools = {
    "hdparm -I /dev/sdb": recorded("identify-ata"),
    [line]: recorded("security-set-pass-taken"),
  };
  const answer = await ataSecurity.prepare?.({
    machine: memoryMachine({}, { tools }),
    path: "/dev/sdb",
    serial: null,
  });
  expect(answer).toEqual({ taken: false, words: "the disk took no password: none is set afterwards" });
});

test("an erase that was aborted is not taken, though hdparm ends with 0", async () => {
  const drive = new PretendedAta({ refuses: true });
  await ataSecurity.prepare?.(asked(drive));
  const answer = await ataSecurity.issue(asked(drive), "ata-security-erase");
  expect(answer.taken).toBe(false);
  expect(await ataSecurity.status(asked(drive), "ata-security-erase", false)).toEqual({
    state: "failed",
    words: "Security is still enabled",
  });
});

test("a password that cannot be taken away is told with the way to do it by hand", async () => {
  const drive = new PretendedAta();
  drive.password = "trofie";
  drive.isFrozen = true;
  expect(await ataSecurity.tidyUp?.(asked(drive))).toBe(
    "its password could not be taken away (its Security is frozen; suspend the machine once); by hand: hdparm --user-master u --security-disable trofie /dev/sdb",
  );
});
