import { expect, test } from "vitest";
import { moduleFiles } from "./kernel-modules.ts";

const modulesDep = [
  "kernel/drivers/nvme/host/nvme.ko: kernel/drivers/nvme/host/nvme-core.ko kernel/block/t10-pi.ko",
  "kernel/drivers/nvme/host/nvme-core.ko: kernel/block/t10-pi.ko",
  "kernel/block/t10-pi.ko:",
  "kernel/drivers/usb/storage/usb-storage.ko:",
].join("\n");
const builtin = "kernel/drivers/virtio/virtio_pci.ko\n";

test("a module brings everything that it depends on, from wherever in the kernel's tree", () => {
  expect(moduleFiles(["nvme"], modulesDep, builtin)).toEqual([
    "kernel/drivers/nvme/host/nvme.ko",
    "kernel/drivers/nvme/host/nvme-core.ko",
    "kernel/block/t10-pi.ko",
  ]);
});

test("a name may be written either way, and what is built in needs no file", () => {
  expect(moduleFiles(["usb_storage", "virtio-pci"], modulesDep, builtin)).toEqual([
    "kernel/drivers/usb/storage/usb-storage.ko",
  ]);
});

test("a module that this kernel lacks is an error", () => {
  expect(() => moduleFiles(["dm-dust"], modulesDep, builtin)).toThrow("This kernel has no module dm-dust");
});
