/** What is listed of every machine in `testing/machines.ts`, as what, and what is refused with which sentence. */
import { sizeText, type Device } from "@trofie/contract";
import { expect, test } from "vitest";
import { machines, nowhere } from "../testing/machines.ts";
import { memoryMachine } from "../testing/memory-machine.ts";
import { discover } from "./discover.ts";

async function listOf(name: string): Promise<Device[]> {
  const { tree, ...options } = machines[name]!;
  return (await discover(memoryMachine(tree, options), nowhere)).map(({ device }) => device);
}

/** Bus, model, serial number and size as far as they are known, and the state that a refusal tells. */
function inOneLine({ path, bus, identity, refusal }: Device): string {
  const { model, serial } = identity;
  const what = [bus, model, serial, sizeText(identity)].filter((word) => word !== null).join(", ");
  return `${path} (${what}): ${refusal?.state ?? "free"}`;
}

const listings: Readonly<Record<string, readonly string[]>> = {
  laptop: [
    "/dev/nvme0n1 (nvme, SAMSUNG MZVL2512HCJQ-00BL7, S64KNX0T123456, 550 GB): it holds /, which this machine runs from",
  ],
  workbench: [
    "/dev/sda (sata, CT240BX500SSD1, SYS12345, 258 GB): it holds /, which this machine runs from",
    "/dev/sdb (sata, WDC WD40EFRX-68N32N0, WD-WCC7K0AAAAAA, 4.29 TB): free",
    "/dev/sdc (usb, Generic Flash Disk, 8.59 GB): free",
    "/dev/sdd (usb, SanDisk Ultra Fit, 4C530001230912116234, 17.2 GB): free",
  ],
  twins: [
    "/dev/sda (sata, Generic SSD, 000000000001, 129 GB): free",
    "/dev/sdb (sata, Generic SSD, 000000000001, 129 GB): free",
    "/dev/sdc (sata, Other SSD, REAL-7, 129 GB): free",
  ],
  "virtual machine": [
    "/dev/vda (virtio, system-disk, 21.5 GB): it holds /, which this machine runs from",
    "/dev/vdb (virtio, 10.7 GB): free",
    "/dev/vdc (virtio, four-k, 10.7 GB): it is read-only",
    "/dev/zram0 (zram, 4.29 GB): it is swap",
  ],
  "SAS shelf": [
    "/dev/sda (sas, SEAGATE ST4000NM0023, Z1Z0AA000000R541, 4.00 TB): free",
    "/dev/sdb (sas, SEAGATE ST4000NM0023, Z1Z0AA010000R541, 4.00 TB): free",
    "/dev/sdc (sas, SEAGATE ST4000NM0023, Z1Z0AA020000R541, unknown): the kernel cannot use its capacity: sectors of 520 or 528 bytes have to be made 512 first, which erases them (sg_format --format --size=512)",
    "/dev/sdd (sas, HGST HUH721010AL, Z1Z0AA030000R541, 4.00 TB): free",
    "/dev/sde (sas, SEAGATE ST4000NM0023, Z1Z0AA040000R541, 4.00 TB): /dev/sde1 is mounted at /srv/backup",
    "/dev/sdf (sas, SEAGATE ST4000NM0023, Z1Z0AA050000R541, 4.00 TB): it is read-only",
    "/dev/sdg (sas, SEAGATE ST4000NM0023, Z1Z0AA060000R541, 4.00 TB): it is held by md127 (raid1)",
    "/dev/sdh (sas, SEAGATE ST4000NM0023, Z1Z0AA070000R541, 4.00 TB): it is held by md127 (raid1)",
    "/dev/sdi (sas, SEAGATE ST4000NM0023, Z1Z0AA080000R541, 4.00 TB): free",
    "/dev/sdj (sas, SEAGATE ST4000NM0023, Z1Z0AA090000R541, 4.00 TB): free",
    "/dev/sdk (sas, SEAGATE ST4000NM0023, Z1Z0AA100000R541, 4.00 TB): free",
    "/dev/sdl (sas, SEAGATE ST4000NM0023, Z1Z0AA110000R541, 4.00 TB): free",
    "/dev/sdm (sas, SEAGATE ST4000NM0023, Z1Z0AA120000R541, 4.00 TB): free",
    "/dev/sdn (sas, SEAGATE ST4000NM0023, Z1Z0AA130000R541, 4.00 TB): free",
    "/dev/sdo (sas, SEAGATE ST4000NM0023, Z1Z0AA140000R541, 4.00 TB): free",
    "/dev/sdp (sas, SEAGATE ST4000NM0023, Z1Z0AA150000R541, 4.00 TB): free",
    "/dev/sdq (sas, SEAGATE ST4000NM0023, Z1Z0AA160000R541, 4.00 TB): free",
    "/dev/sdr (sas, SEAGATE ST4000NM0023, Z1Z0AA170000R541, 4.00 TB): free",
    "/dev/sds (sas, SEAGATE ST4000NM0023, Z1Z0AA180000R541, 4.00 TB): free",
    "/dev/sdt (sas, SEAGATE ST4000NM0023, Z1Z0AA190000R541, 4.00 TB): free",
    "/dev/sdu (sas, SEAGATE ST4000NM0023, Z1Z0AA200000R541, 4.00 TB): free",
    "/dev/sdv (sas, SEAGATE ST4000NM0023, Z1Z0AA210000R541, 4.00 TB): free",
    "/dev/sdw (sas, SEAGATE ST4000NM0023, Z1Z0AA220000R541, 4.00 TB): free",
    "/dev/sdx (sas, SEAGATE ST4000NM0023, Z1Z0AA230000R541, 4.00 TB): free",
    "/dev/vda (virtio, boot, 21.5 GB): it holds /, which this machine runs from",
  ],
  "hybrid server": [
    "/dev/nvme0n1 (nvme, INTEL SSDPE2KX010T8, PHLJ003, 1.03 TB): it is held by bcache0",
    "/dev/sda (sata, INTEL SSDSC2KB480G8, PHYF001, 515 GB): it holds /, which this machine runs from",
    "/dev/sdb (sata, INTEL SSDSC2KB480G8, PHYF002, 515 GB): it holds /, which this machine runs from",
    "/dev/sdc (sata, TOSHIBA MG06ACA800E, X8A0, 8.00 TB): it is held by md1 (raid5)",
    "/dev/sdd (sata, TOSHIBA MG06ACA800E, X8A1, 8.00 TB): it is held by md1 (raid5)",
    "/dev/sde (sata, TOSHIBA MG06ACA800E, X8A2, 8.00 TB): it is held by md1 (raid5)",
    "/dev/sdf (sata, TOSHIBA MG06ACA800E, X8A3, 8.00 TB): free",
  ],
  multipath: [
    "/dev/sda (fc, IBM 2145, 6005076801810, 2.00 TB): it is held by dm-0 (multipath mpatha)",
    "/dev/sdb (fc, IBM 2145, 6005076801810, 2.00 TB): it is held by dm-0 (multipath mpatha)",
    "/dev/vda (virtio, boot, 21.5 GB): it holds /, which this machine runs from",
  ],
  "two ways": [
    "/dev/sda (sas, SEAGATE ST4000NM0023, Z1Z0AA000000R541, 4.00 TB): /dev/sda1 is mounted at /srv",
    "/dev/sdb (sas, SEAGATE ST4000NM0023, Z1Z0AA000000R541, 4.00 TB): it is the same disk as /dev/sda, of which /dev/sda1 is mounted at /srv",
    "/dev/sdc (sas, SEAGATE ST4000NM0023, Z1Z0AA010000R541, 4.00 TB): free",
    "/dev/sdd (sas, SEAGATE ST4000NM0023, Z1Z0AA010000R541, 4.00 TB): free",
    "/dev/vda (virtio, boot, 21.5 GB): it holds /, which this machine runs from",
  ],
  "system on two ways": [
    "/dev/sda (sas, SEAGATE ST4000NM0023, Z1Z0AA000000R541, 4.00 TB): it holds /, which this machine runs from",
    "/dev/sdb (sas, SEAGATE ST4000NM0023, Z1Z0AA000000R541, 4.00 TB): it holds /, which this machine runs from",
    "/dev/sdc (sas, SEAGATE ST4000NM0023, Z1Z0AA010000R541, 4.00 TB): free",
    "/dev/sdd (sas, SEAGATE ST4000NM0023, Z1Z0AA010000R541, 4.00 TB): free",
    "/dev/vda (virtio, boot, 21.5 GB): free",
  ],
  "USB docks": [
    "/dev/sda (sata, Samsung SSD 860 EVO 250GB, S3YJNB0K, 258 GB): it holds /, which this machine runs from",
    "/dev/sdb (usb, JMicron Generic, DD564198838B9, 2.00 TB): /dev/sdb1 is mounted at /media/photos",
    "/dev/sdc (usb, JMicron Generic, DD564198838B9, 2.00 TB): free",
    "/dev/sdd (usb, ASMT 2115, 537 GB): free",
    "/dev/sde (usb, USB 3.0 [31mSSDevil, 537 GB): free",
  ],
  board: [
    "/dev/mmcblk0 (mmc, DA4032, 0x1a2b3c4d, 34.4 GB): it holds /, which this machine runs from",
    "/dev/mmcblk1 (mmc, SC16G, 0x5d6e7f80, 17.2 GB): free",
  ],
  "ZFS hypervisor": [
    "/dev/sda (sata, Micron_5300_MTFD, 2103A, 515 GB): it holds /, which this machine runs from",
    "/dev/sdb (sata, Micron_5300_MTFD, 2103B, 515 GB): it holds /, which this machine runs from",
    "/dev/sdc (sata, WDC WD40EFRX-68N32N0, WD-WCC1, 4.00 TB): /dev/sdc1 is mounted at /tank",
    "/dev/sdd (sata, WDC WD40EFRX-68N32N0, WD-WCC2, 4.00 TB): free",
  ],
  "btrfs desktop": [
    "/dev/nvme0n1 (nvme, SAMSUNG MZVL2512HCJQ-00BL7, S4EVNX0R, 537 GB): it holds /boot/efi, which this machine runs from",
    "/dev/sda (sata, CT1000MX500SSD1, 1913E1F00001, 1.00 TB): it holds /, which this machine runs from",
    "/dev/sdb (sata, CT1000MX500SSD1, 1913E1F00002, 1.00 TB): it holds /, which this machine runs from",
    "/dev/sdc (sata, CT1000MX500SSD1, 1913E1F00003, 1.00 TB): free",
  ],
  "bcache box": [
    "/dev/sda (sata, Micron_5300_MTFD, 2103A, 515 GB): it holds /, which this machine runs from",
    "/dev/sdb (sata, WDC WD40EFRX-68N32N0, WD-WCC1, 4.00 TB): it is held by bcache0, mounted at /srv",
  ],
  "NVMe server": [
    "/dev/nvme0n1 (nvme, KCD61LUL960G, 10N0A0A0T5A8, 107 GB): it holds /, which this machine runs from",
    "/dev/nvme0n2 (nvme, KCD61LUL960G, 10N0A0A0T5A8, 859 GB): free",
    "/dev/nvme1n1 (nvme, SAMSUNG MZWLJ1T9HBJR-00007, S64GNE0R000001, 2.00 TB): free",
    "/dev/nvme2n1 (nvme, QEMU NVMe Ctrl, 1.00 TB): free",
  ],
  "odd disks": [
    "/dev/loop0 (loop, 67.1 MB): free",
    "/dev/sda (sata, HGST HUH721010ALN604, 7PG3RVAA, 10.0 TB): free",
    "/dev/sdb (sas, SEAGATE X477_SMEGX04TA07, Z1Z0AA01, unknown): the kernel cannot use its capacity: sectors of 520 or 528 bytes have to be made 512 first, which erases them (sg_format --format --size=512)",
    "/dev/sdc (usb, Kanguru SS3, AA04012700007699, 4.29 GB): it is read-only",
    "/dev/sdg (usb, Half-broken, 8.59 GB): free",
    "/dev/vda (virtio, overlayblk, 275 GB): it holds /, which this machine runs from",
  ],
  "live stick": [
    "/dev/loop0 (loop, 2.15 GB): it holds /, which this machine runs from",
    "/dev/sda (sata, WDC WD40EFRX-68N32N0, WD-WCC7K0AAAAAA, 537 GB): free",
    "/dev/sdb (usb, SanDisk Ultra Fit, 4C530001230912116234, 17.2 GB): it holds /, which this machine runs from",
  ],
  "system in memory": ["/dev/sda (sata, WDC WD40EFRX-68N32N0, WD-WCC7K0AAAAAA, 537 GB): free"],
  diskless: [],
  "storage target": [
    "/dev/sda (sata, WDC WD40EFRX-68N32N0, WD-WCC1, 4.00 TB): it holds /, which this machine runs from",
    "/dev/sdb (sata, WDC WD40EFRX-68N32N0, WD-WCC2, 4.00 TB): it is served by the iSCSI target as backup",
    "/dev/sdc (sata, WDC WD40EFRX-68N32N0, WD-WCC3, 4.00 TB): it is served over NVMe as nqn.2026-01.org.example:fast",
    "/dev/sdd (sata, WDC WD40EFRX-68N32N0, WD-WCC4, 4.00 TB): free",
    "/dev/sde (sata, WDC WD40EFRX-68N32N0, WD-WCC5, 4.00 TB): /dev/sde1 is open for writing in process 812 (qemu-system-x86)",
    "/dev/sdf (sata, WDC WD40EFRX-68N32N0, WD-WCC6, 4.00 TB): /dev/sdf1 is mounted at /var/lib/docker",
  ],
};

test("every machine that is written down has its listing here", () => {
  expect(Object.keys(listings)).toEqual(Object.keys(machines));
});

test.each(Object.entries(listings))("%s", async (name, lines) => {
  const devices = await listOf(name);
  expect(devices.map(inOneLine)).toEqual(lines);
  for (const { path, refusal } of devices) {
    if (refusal !== null) expect(refusal.message).toBe(`Cannot erase ${path}: ${refusal.state}`);
  }
});
