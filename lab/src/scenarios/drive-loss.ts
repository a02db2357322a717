import assert from "node:assert/strict";
import { NvmeDrive } from "../nvme/nvme-drive.ts";
import { SasDrive } from "../scsi/sas-drive.ts";
import { until } from "../until.ts";
import { newSerial, withDrives } from "./drives-machine.ts";
import { writeUntilItFails } from "./guest-programs.ts";
import { MiB } from "./scenario.ts";

export const driveLoss = [
  withDrives(
    "a drive that loses power and does not come back fails what is being written to it",
    async (machine) => {
      await Promise.all(
        [NvmeDrive, SasDrive].map(async (Drive) => {
          await using drive = new Drive({ sizeBytes: 32 * MiB, serial: newSerial("LOST") });
          const writing = machine.begin(writeUntilItFails(`/dev/${await machine.attach(drive)}`));
          await until("something has been written", () => drive.media.countOthers(0) > 0);
          await drive.powerOff();
          // ENOLINK from NVMe over TCP, EIO from iSCSI: the kernel has waited for it in vain for some seconds.
          assert.match((await writing).stdout.trim(), /^(ENOLINK|EIO)$/);
        }),
      );
    },
  ),
];
