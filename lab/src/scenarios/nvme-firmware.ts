import assert from "node:assert/strict";
import type { VirtualMachine } from "../machine/virtual-machine.ts";
import { NvmeDrive } from "../nvme/nvme-drive.ts";
import { newSerial, withDrives } from "./drives-machine.ts";
import { firstBytes } from "./guest-programs.ts";
import { MiB, secret } from "./scenario.ts";

function driveWithSecret(): NvmeDrive {
  const drive = new NvmeDrive({ sizeBytes: 32 * MiB, serial: newSerial("NVME") });
  drive.media.fill(secret);
  drive.erasure.pace = "by hand";
  return drive;
}

interface Attached {
  readonly device: string;
  /** `/dev/nvme0`: a namespace need not have its controller's number. */
  readonly controller: string;
}

async function attached(machine: VirtualMachine, drive: NvmeDrive): Promise<Attached> {
  const name = await machine.attach(drive);
  // The controller of the scenario before may go while this looks, which is none of its business.
  const file = await machine.sh(`grep -ls '^${drive.serial} *$' /sys/class/nvme/*/serial | head -n 1`);
  return { device: `/dev/${name}`, controller: `/dev/${file.split("/").at(-2)}` };
}

interface SanitizeLog {
  readonly sprog: number;
  readonly sstat: { readonly status: string; readonly global_erased: number };
}

/** nvme-cli puts the log under the name of the device. */
async function sanitizeLog(machine: VirtualMachine, controller: string): Promise<SanitizeLog> {
  const printed = await machine.sh(`nvme sanitize-log ${controller} -o json`);
  return Object.values(JSON.parse(printed) as Record<string, SanitizeLog>)[0]!;
}

export const nvmeFirmware = [
  withDrives(
    "nvme sanitize erases a drive, which tells its progress and refuses to be read until then",
    async (machine) => {
      await using drive = driveWithSecret();
      const { device, controller } = await attached(machine, drive);
      await machine.sh(`nvme sanitize ${controller} -a start-block-erase`);
      drive.erasure.advanceTo(0.4);
      const underWay = await sanitizeLog(machine, controller);
      assert.equal(underWay.sprog, Math.floor(0.4 * 65536));
      assert.match(underWay.sstat.status, /in Progress/);
      assert.notEqual((await machine.run(firstBytes(device, 7))).stdout, secret);
      drive.erasure.finish();
      const ended = await sanitizeLog(machine, controller);
      assert.equal(ended.sprog, 65535);
      assert.match(ended.sstat.status, /Completed Successfully/);
      assert.equal(ended.sstat.global_erased, 1);
      assert.equal(await machine.sh(`${firstBytes(device, 4096)} | tr -d '\\0' | wc -c`), "0");
      assert.equal(drive.media.countOthers(0), 0);
    },
  ),

  withDrives(
    "a sanitize that failed locks the media, and only one that allowed it can be left",
    async (machine) => {
      await using drive = driveWithSecret();
      drive.erasure.fate = "fails";
      const { device, controller } = await attached(machine, drive);
      for (const [option, exitCode] of [
        ["", 1],
        ["--ause", 0],
      ] as const) {
        await machine.sh(`nvme sanitize ${controller} -a start-crypto-erase ${option}`);
        drive.erasure.finish();
        assert.match((await sanitizeLog(machine, controller)).sstat.status, /Failed/);
        assert.match((await machine.run(firstBytes(device, 7))).stderr, /Input\/output error/);
        const leaving = await machine.run(`nvme sanitize ${controller} -a exit-failure`);
        assert.equal(leaving.exitCode, exitCode, option);
      }
      assert.equal((await machine.run(firstBytes(device, 7))).exitCode, 0);
    },
  ),

  withDrives(
    "an NVMe drive that loses power while it sanitizes goes on when the power is back",
    async (machine) => {
      await using drive = driveWithSecret();
      const { controller } = await attached(machine, drive);
      await machine.sh(`nvme sanitize ${controller} -a start-overwrite --ovrpat=0x5a5a5a5a`);
      await drive.powerOff();
      await drive.powerOn();
      await machine.sh(`until nvme sanitize-log ${controller} 2> /dev/null; do sleep 0.2; done`);
      assert.match((await sanitizeLog(machine, controller)).sstat.status, /in Progress/);
      drive.erasure.finish();
      assert.match((await sanitizeLog(machine, controller)).sstat.status, /Completed Successfully/);
      assert.equal(drive.media.countOthers(0x5a), 0);
    },
  ),

  withDrives("a drive that lies about its sanitize is found out only by reading", async (machine) => {
    await using drive = driveWithSecret();
    drive.erasure.fate = "lies";
    const { device, controller } = await attached(machine, drive);
    await machine.sh(`nvme sanitize ${controller} -a start-block-erase`);
    drive.erasure.finish();
    assert.equal((await sanitizeLog(machine, controller)).sstat.global_erased, 1);
    assert.equal((await machine.run(firstBytes(device, 7))).stdout, secret);
  }),

  withDrives(
    "nvme format erases, changes the sectors, and heals those that were marked unreadable",
    async (machine) => {
      await using drive = driveWithSecret();
      drive.erasure.pace = { durationMs: 50 };
      const { device } = await attached(machine, drive);
      await machine.sh(`nvme write-uncor ${device} --start-block=8 --block-count=0`);
      const read = `dd if=${device} of=/dev/null bs=4096 skip=1 count=1 iflag=direct`;
      assert.match((await machine.run(read)).stderr, /No data available/);
      await machine.sh(`nvme format ${device} --ses=1 --lbaf=1 --force`);
      assert.equal(await machine.sh(`blockdev --getss ${device}`), "4096");
      await machine.sh(read);
      assert.equal(drive.media.countOthers(0), 0);
    },
  ),
];
