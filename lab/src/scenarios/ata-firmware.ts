import assert from "node:assert/strict";
import { SataDrive, type SataDriveOptions } from "../ata/sata-drive.ts";
import { newSerial, withDrives } from "./drives-machine.ts";
import { firstBytes } from "./guest-programs.ts";
import { MiB, secret } from "./scenario.ts";

function driveWithSecret(options: Pick<SataDriveOptions, "sense"> = {}): SataDrive {
  const drive = new SataDrive({ sizeBytes: 32 * MiB, serial: newSerial("SATA"), ...options });
  drive.media.fill(secret);
  drive.erasure.pace = "by hand";
  return drive;
}

const setPassword = "hdparm --user-master u --security-set-pass right";
const secureErase = (password: string) => `hdparm --user-master u --security-erase ${password}`;
const sanitize = "hdparm --yes-i-know-what-i-am-doing --sanitize-block-erase";

export const ataFirmware = [
  withDrives(
    "hdparm erases a SATA drive with the right password, and with a wrong one it does not",
    async (machine) => {
      await using drive = driveWithSecret();
      await machine.attach(drive);
      const device = `/dev/${await machine.blockDevice(drive.serial)}`;
      await machine.sh(`${setPassword} ${device}`);
      assert.match(await machine.sh(`hdparm -I ${device}`), /^\s+enabled$/m);
      assert.notEqual((await machine.run(`${secureErase("wrong")} ${device}`)).exitCode, 0);
      assert.equal(drive.media.peek(0, 7).toString(), secret);
      const erasing = machine.begin(`${secureErase("right")} ${device}`);
      await drive.erasure.begun;
      drive.erasure.finish();
      assert.equal((await erasing).exitCode, 0);
      assert.equal(drive.media.countOthers(0), 0);
      assert.match(await machine.sh(`hdparm -I ${device}`), /not\s+enabled/);
    },
  ),

  withDrives("a SATA drive that its computer has frozen takes no password", async (machine) => {
    await using drive = driveWithSecret();
    await machine.attach(drive);
    const device = `/dev/${await machine.blockDevice(drive.serial)}`;
    drive.security.freeze();
    assert.match(await machine.sh(`hdparm -I ${device}`), /^\s+frozen$/m);
    assert.notEqual((await machine.run(`${setPassword} ${device}`)).exitCode, 0);
    assert.equal(drive.security.isEnabled, false);
  }),

  withDrives(
    "hdparm takes an erase that was refused for a success, where the kernel reports as libata does",
    async (machine) => {
      await using drive = driveWithSecret({ sense: "fixed" });
      await machine.attach(drive);
      const device = `/dev/${await machine.blockDevice(drive.serial)}`;
      const { exitCode, stderr } = await machine.run(`${secureErase("any")} ${device}`);
      assert.equal(exitCode, 0);
      assert.match(stderr, /bad\/missing sense data/);
      assert.equal((await machine.run(firstBytes(device, 7))).stdout, secret);
    },
  ),

  withDrives(
    "hdparm sanitizes a SATA drive, which tells how far it is, and that it has failed",
    async (machine) => {
      await using drive = driveWithSecret();
      await machine.attach(drive);
      const device = `/dev/${await machine.blockDevice(drive.serial)}`;
      const status = async () => (await machine.run(`hdparm --sanitize-status ${device}`)).stdout;
      await machine.sh(`${sanitize} ${device}`);
      drive.erasure.advanceTo(0.25);
      assert.match(await status(), /In Process[^]*25%/);
      drive.erasure.finish();
      assert.match(await status(), /Completed Without Error/);
      assert.equal(drive.media.countOthers(0), 0);
      drive.media.fill(secret);
      drive.erasure.fate = "fails";
      await machine.sh(`${sanitize} ${device}`);
      drive.erasure.finish();
      assert.doesNotMatch(await status(), /Completed Without Error/);
      assert.match((await machine.run(firstBytes(device, 7))).stderr, /Input\/output error/);
    },
  ),
];
