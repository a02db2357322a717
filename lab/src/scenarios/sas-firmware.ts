import assert from "node:assert/strict";
import { SasDrive } from "../scsi/sas-drive.ts";
import { newSerial, withDrives } from "./drives-machine.ts";
import { firstBytes } from "./guest-programs.ts";
import { MiB, secret } from "./scenario.ts";

function driveWithSecret(): SasDrive {
  const drive = new SasDrive({ sizeBytes: 32 * MiB, serial: newSerial("SAS") });
  drive.media.fill(secret);
  drive.erasure.pace = "by hand";
  return drive;
}

export const sasFirmware = [
  withDrives("sg_sanitize erases a SAS drive, which tells its progress", async (machine) => {
    await using drive = driveWithSecret();
    await machine.attach(drive);
    const device = `/dev/${await machine.blockDevice(drive.serial)}`;
    await machine.sh(`sg_sanitize --early --block --quick ${device}`);
    drive.erasure.advanceTo(0.25);
    assert.match(await machine.sh(`sg_requests --progress ${device}`), /2[45]\.\d+% done/);
    assert.notEqual((await machine.run(`sg_turs ${device}`)).exitCode, 0);
    drive.erasure.finish();
    await machine.sh(`sg_turs ${device}`);
    assert.equal(drive.media.countOthers(0), 0);
  }),

  withDrives(
    "a SAS drive whose sanitize failed says so to everyone until it is told to leave it",
    async (machine) => {
      await using drive = driveWithSecret();
      drive.erasure.fate = "fails";
      await machine.attach(drive);
      const device = `/dev/${await machine.blockDevice(drive.serial)}`;
      const sanitizing = machine.begin(`sg_sanitize --wait --crypto --quick ${device}`);
      await drive.erasure.begun;
      drive.erasure.finish();
      const { exitCode, stderr } = await sanitizing;
      assert.notEqual(exitCode, 0);
      assert.match(stderr, /Sanitize command failed/);
      assert.match((await machine.run(firstBytes(device, 7))).stderr, /Input\/output error/);
      await machine.sh(`sg_sanitize --early --fail --quick ${device}`);
      await machine.sh(`sg_turs ${device}`);
    },
  ),

  withDrives(
    "sg_format erases a SAS drive, and a sector that cannot be read heals when it is written",
    async (machine) => {
      await using drive = driveWithSecret();
      await machine.attach(drive);
      const device = `/dev/${await machine.blockDevice(drive.serial)}`;
      await machine.sh(`sg_format --early --format --quick ${device}`);
      assert.equal(drive.erasure.running, "format");
      drive.erasure.finish();
      await machine.sh(`sg_turs ${device}`);
      assert.equal(drive.media.countOthers(0), 0);
      drive.unreadable.add(1000);
      const read = `dd if=${device} of=/dev/null bs=512 skip=1000 count=1 iflag=direct`;
      assert.match((await machine.run(read)).stderr, /No data available/);
      await machine.sh(`dd if=/dev/zero of=${device} bs=512 seek=1000 count=1 oflag=direct && ${read}`);
    },
  ),
];
