import assert from "node:assert/strict";
import { Refusal } from "@trofie/commands";
import { until } from "../../until.ts";
import { long } from "../scenario.ts";
import { onStand, sizeBytes, type Stand } from "./stand.ts";

/** What our station calls a bus where QEMU calls it otherwise: UAS is USB, and virtio-scsi is virtio. */
const busNames = { nvme: "nvme", sata: "sata", scsi: "virtio", usb: "usb", uas: "usb", virtio: "virtio" };

export const ourInventory = [
  onStand("our station knows the disk on every bus by what it is, with no udev to help", async (place) => {
    const { devices } = await place.station.control.client.query("device.list", {});
    for (const { serial, bus, wwn, source } of place.disks) {
      const device = devices.find(({ identity }) => identity.serial === serial);
      assert.ok(
        device,
        `${serial} is not among ${devices.map(({ identity }) => identity.serial).join(", ")}`,
      );
      assert.equal(device.bus, busNames[bus], serial);
      assert.equal(device.identity.sizeBytes, sizeBytes, serial);
      assert.equal(device.logicalSectorBytes, source.sectorBytes, serial);
      assert.equal(device.refusal, null, serial);
      if (wwn !== undefined) assert.match(device.identity.wwn ?? "", new RegExp(wwn.toString(16)), serial);
    }
  }),

  long(
    onStand(
      "our station refuses a disk that is used, in whatever way, with a code and a sentence that says how",
      async (place) => {
        const uses: readonly Use[] = [
          {
            serial: "SCSI-RO",
            begin: () => "true",
            code: "DEVICE_READ_ONLY",
            sentence: /it is read-only$/,
            end: () => "true",
          },
          {
            serial: "SATA-512",
            begin: (path) =>
              `echo 2048 | sfdisk -q ${path} && until [ -e ${path}1 ]; do sleep 0.05; done && ` +
              `mkfs.ext4 -q ${path}1 && mkdir -p /mnt/a && mount ${path}1 /mnt/a`,
            code: "DEVICE_IN_USE",
            sentence: /^Cannot erase (\S+): \1\d is mounted at \/mnt\/a$/,
            // Taken away by our own command, below.
            end: () => "true",
          },
          {
            serial: "NVME-4K",
            begin: (path) => `mkswap -q ${path} && swapon ${path}`,
            code: "DEVICE_IN_USE",
            sentence: /: it is swap$/,
            end: () => "true",
          },
          {
            serial: "SCSI-512",
            begin: (path) => `echo "0 2048 linear ${path} 0" | dmsetup create --noudevsync held`,
            code: "DEVICE_IN_USE",
            sentence: /: it is held by dm-\d+ \(held\)$/,
            end: () => "dmsetup remove --noudevsync held",
          },
          {
            serial: "VIRTIO-512",
            begin: (path) => `losetup /dev/loop0 ${path}`,
            code: "DEVICE_IN_USE",
            sentence: /: it is behind \/dev\/loop0$/,
            end: () => "losetup -d /dev/loop0",
          },
          {
            serial: "UAS-512",
            begin: (path) =>
              `(python3 -c "import os, time; os.open('${path}', os.O_RDWR); open('/run/holds', 'w'); time.sleep(600)" & ` +
              `echo $! > /run/holder) > /dev/null 2>&1; until [ -e /run/holds ]; do sleep 0.05; done`,
            code: "DEVICE_IN_USE",
            sentence: /: it is open for writing in process \d+ \(python3\)$/,
            end: () => "kill $(cat /run/holder); rm /run/holds",
          },
          {
            serial: "STATE",
            begin: () => "true",
            code: "DEVICE_IS_SYSTEM",
            sentence: /: it holds \/state\/station, which this machine runs from$/,
            end: () => "true",
          },
          {
            serial: "NVME-512",
            begin: (path) =>
              `mknod -m 600 /dev/md7 b 9 7; mdadm --create /dev/md7 --run --level=1 --metadata=1.0 --raid-devices=2 ${path} missing 2>&1`,
            code: "DEVICE_IN_USE",
            sentence: /: it is held by md7/,
            end: (path) => `mdadm --stop /dev/md7 && mdadm --zero-superblock ${path}`,
          },
        ];
        for (const use of uses) await refuses(place, use);
        await unmounts(place, "SATA-512", ["/mnt/a"]);
        await unmounts(place, "NVME-4K", []);
      },
    ),
  ),

  onStand(
    "our job refuses a disk that somebody has taken for themselves since it was planned",
    async (place) => {
      const { control } = place.station;
      const { path } = await control.device("SCSI-4K");
      // For reading only: nothing shows that but the kernel's answer to whoever wants the disk for themselves too.
      await place.machine.sh(
        `(python3 -c "import os, time; os.open('${path}', os.O_RDONLY | os.O_EXCL); open('/run/holds', 'w'); time.sleep(600)" & ` +
          `echo $! > /run/holder) > /dev/null 2>&1; until [ -e /run/holds ]; do sleep 0.05; done`,
      );
      const { state, report } = await control.eraseToEnd(path, { method: "zero" });
      assert.equal(state, "failed");
      assert.match(report!.message, /^Cannot erase \S+: the kernel says that it is in use$/);
      assert.equal(place.source("SCSI-4K").counters.bytesWritten, 0);
      await place.machine.sh("kill $(cat /run/holder); rm /run/holds");
    },
  ),
];

interface Use {
  readonly serial: string;
  readonly begin: (path: string) => string;
  readonly code: string;
  readonly sentence: RegExp;
  readonly end: (path: string) => string;
}

async function refuses({ machine, station }: Stand, use: Use): Promise<void> {
  const { path } = await station.control.device(use.serial);
  await machine.sh(use.begin(path));
  await assert.rejects(station.control.erase(path, { method: "zero" }), (error) => {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.code, use.code, error.message);
    assert.match(error.message, use.sentence);
    return true;
  });
  // A plan looks at once; a list may be some looks behind, for it does not look into every process each time.
  await until(`${use.serial} is listed as refused`, async () => {
    return (await station.control.device(use.serial)).refusal?.code === use.code;
  });
  await machine.sh(use.end(path));
}

async function unmounts({ station, machine }: Stand, serial: string, points: string[]): Promise<void> {
  const { control } = station;
  const { path } = await control.device(serial);
  const { job } = control.client.operate("device.unmount", { path });
  const ended = await control.ended(await job);
  assert.equal(ended.state, "done", ended.report?.message);
  assert.ok(ended.report?.findings?.kind === "unmount");
  assert.deepEqual(ended.report.findings.unmounted, points);
  assert.equal(await machine.sh(`grep -c ${path} /proc/mounts /proc/swaps | grep -cv ':0$' || true`), "0");
}
