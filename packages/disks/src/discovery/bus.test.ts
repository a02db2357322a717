import { expect, test } from "vitest";
import { nowhere, sasShelf, usbDocks, workbench } from "../testing/machines.ts";
import { memoryMachine } from "../testing/memory-machine.ts";
import { controllerOf } from "./bus.ts";
import { discover } from "./discover.ts";

const xhci = "/sys/devices/pci0000:00/0000:00:14.0";

test.each([
  ["a hub", `${xhci}/usb2/2-1/2-1.4/2-1.4:1.0/host6/target6:0:0/6:0:0:0/block/sdc`, "usb2/2-1"],
  [
    "hubs behind a hub",
    `${xhci}/usb2/2-1/2-1.4/2-1.4.3/2-1.4.3:1.0/host6/target6:0:0/6:0:0:0/block/sdc`,
    "usb2/2-1",
  ],
  ["no hub", `${xhci}/usb2/2-3/2-3:1.0/host6/target6:0:0/6:0:0:0/block/sdc`, ""],
])("USB disks behind %s share it, or the host's controller", (_, folder, below) => {
  expect(controllerOf(folder)).toBe(["pci0000:00/0000:00:14.0", below].filter(Boolean).join("/"));
});

test.each([
  ["SATA", "pci0000:00/0000:00:17.0/ata2/host2/target2:0:0/2:0:0:0/block/sdb", "pci0000:00/0000:00:17.0"],
  ["NVMe", "pci0000:00/0000:00:1d.0/0000:02:00.0/nvme/nvme0/nvme0n1", "pci0000:00/0000:00:1d.0/0000:02:00.0"],
  [
    "a VMD's domain",
    "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0/nvme/nvme1/nvme1n1",
    "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0",
  ],
  ["virtio", "pci0000:00/0000:00:05.0/virtio2/block/vda", "pci0000:00/0000:00:05.0"],
  [
    "a board's USB",
    "platform/soc/xhci-hcd.0.auto/usb1/1-1/1-1:1.0/host0/target0:0:0/0:0:0:0/block/sda",
    "platform/soc/xhci-hcd.0.auto",
  ],
  ["a board's card", "platform/emmc2bus/fe340000.mmc/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0", null],
  ["a loop device", "virtual/block/loop0", null],
  ["iSCSI", "platform/host5/session1/target5:0:0/5:0:0:1/block/sdf", null],
])("behind %s it is its controller", (_, folder, controller) => {
  expect(controllerOf(`/sys/devices/${folder}`)).toBe(controller);
});

test("a shelf's disks have one controller, those of a workbench several", async () => {
  const controllers = async (tree: typeof sasShelf) => {
    const found = await discover(memoryMachine(tree), nowhere);
    return [...new Set(found.map(({ device }) => device.controller))];
  };
  expect(await controllers(sasShelf)).toContain("pci0000:3a/0000:3a:00.0/0000:3b:00.0");
  expect(await controllers(workbench)).toEqual(["pci0000:00/0000:00:17.0", "pci0000:00/0000:00:14.0"]);
  expect(await controllers(usbDocks)).toEqual(["pci0000:00/0000:00:17.0", "pci0000:00/0000:00:14.0"]);
});
