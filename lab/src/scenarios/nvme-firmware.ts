import assert from "node:assert/strict";
import { VirtualMachine } from "../machine/virtual-machine.ts";
import { NvmeDrive } from "../nvme/nvme-drive.ts";
import { firstBytes } from "./guest-programs.ts";
import { MiB, scenario, secret } from "./scenario.ts";

function driveWithSecret(): NvmeDrive {
  const drive = new NvmeDrive({ sizeBytes: 32 * MiB, serial: "NVME-FW" });
  drive.media.fill(secret);
  drive.erasure.pace = "by hand";
  return drive;
}

interface SanitizeLog {
  readonly nvme0: {
    readonly sprog: number;
    readonly sstat: { readonly status: string; readonly global_erased: number };
  };
}

async function sanitizeLog(machine: VirtualMachine): Promise<SanitizeLog["nvme0"]> {
  return (JSON.parse(await machine.sh("nvme sanitize-log /dev/nvme0 -o json")) as SanitizeLog).nvme0;
}

export const nvmeFirmware = [
  scenario(
    "nvme sanitize erases a drive, which tells its progress and refuses to be read until then",
    async () => {
      await using drive = driveWithSecret();
      await using machine = await VirtualMachine.start({ drives: [drive] });
      const device = `/dev/${await machine.blockDevice(drive.serial)}`;
      await machine.sh("nvme sanitize /dev/nvme0 -a start-block-erase");
      drive.erasure.advanceTo(0.4);
      const underWay = await sanitizeLog(machine);
      assert.equal(underWay.sprog, Math.floor(0.4 * 65536));
      assert.match(underWay.sstat.status, /in Progress/);
      assert.notEqual((await machine.run(firstBytes(device, 7))).stdout, secret);
      drive.erasure.finish();
      const ended = await sanitizeLog(machine);
      assert.equal(ended.sprog, 65535);
      assert.match(ended.sstat.status, /Completed Successfully/);
      assert.equal(ended.sstat.global_erased, 1);
      assert.equal(await machine.sh(`${firstBytes(device, 4096)} | tr -d '\\0' | wc -c`), "0");
      assert.equal(drive.media.countOthers(0), 0);
    },
  ),

  scenario("a sanitize that failed locks the media, and only one that allowed it can be left", async () => {
    await using drive = driveWithSecret();
    drive.erasure.fate = "fails";
    await using machine = await VirtualMachine.start({ drives: [drive] });
    const device = `/dev/${await machine.blockDevice(drive.serial)}`;
    for (const [option, exitCode] of [
      ["", 1],
      ["--ause", 0],
    ] as const) {
      await machine.sh(`nvme sanitize /dev/nvme0 -a start-crypto-erase ${option}`);
      drive.erasure.finish();
      assert.match((await sanitizeLog(machine)).sstat.status, /Failed/);
      assert.match((await machine.run(firstBytes(device, 7))).stderr, /Input\/output error/);
      const leaving = await machine.run("nvme sanitize /dev/nvme0 -a exit-failure");
      assert.equal(leaving.exitCode, exitCode, option);
    }
    assert.equal((await machine.run(firstBytes(device, 7))).exitCode, 0);
  }),

  scenario("an NVMe drive that loses power while it sanitizes goes on when the power is back", async () => {
    await using drive = driveWithSecret();
    await using machine = await VirtualMachine.start({ drives: [drive] });
    await machine.sh("nvme sanitize /dev/nvme0 -a start-overwrite --ovrpat=0x5a5a5a5a");
    await drive.powerOff();
    await drive.powerOn();
    await machine.sh("until nvme sanitize-log /dev/nvme0 2> /dev/null; do sleep 0.2; done");
    assert.match((await sanitizeLog(machine)).sstat.status, /in Progress/);
    drive.erasure.finish();
    assert.match((await sanitizeLog(machine)).sstat.status, /Completed Successfully/);
    assert.equal(drive.media.countOthers(0x5a), 0);
  }),

  scenario("a drive that lies about its sanitize is found out only by reading", async () => {
    await using drive = driveWithSecret();
    drive.erasure.fate = "lies";
    await using machine = await VirtualMachine.start({ drives: [drive] });
    const device = `/dev/${await machine.blockDevice(drive.serial)}`;
    await machine.sh("nvme sanitize /dev/nvme0 -a start-block-erase");
    drive.erasure.finish();
    assert.equal((await sanitizeLog(machine)).sstat.global_erased, 1);
    assert.equal((await machine.run(firstBytes(device, 7))).stdout, secret);
  }),

  scenario(
    "nvme format erases, changes the sectors, and heals those that were marked unreadable",
    async () => {
      await using drive = driveWithSecret();
      drive.erasure.pace = { durationMs: 50 };
      await using machine = await VirtualMachine.start({ drives: [drive] });
      const device = `/dev/${await machine.blockDevice(drive.serial)}`;
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
