import { join } from "node:path";
import { machineParts } from "../setup/cache-folder.ts";
import { busModules } from "./guest-disk.ts";

export interface QemuOptions {
  readonly folder: string;
  readonly memoryMiB: number;
  /** Loaded after those of the buses: `scsi_debug dev_size_mb=64`. */
  readonly modules: readonly string[];
  /** `open`: the guest reaches 10.0.2.2, this machine's loopback, where the firmware drives listen. */
  readonly network: "closed" | "open";
}

/** How many PCI Express slots there are to plug NVMe and virtio disks into. */
export const expressSlots = 12;
export const sataPorts = 6;

/** QEMU's monitor, the agent's port, the guest's console: all in the run's folder. */
export const socketPaths = (folder: string) => ({
  monitor: join(folder, "monitor"),
  agent: join(folder, "agent"),
  console: join(folder, "console"),
});

/**
 * Emulated entirely (TCG), never KVM: where this was measured, KVM emulated every instruction of the guest's kernel
 * and took minutes to boot it. One processor: with two, a boot takes up to ten times as long when the host is busy.
 */
export function qemuArguments(options: QemuOptions): string[] {
  const paths = socketPaths(options.folder);
  const network = `user,id=net,restrict=${options.network === "closed" ? "on" : "off"}`;
  return [
    words("-accel tcg,thread=multi -M q35 -cpu max -smp 1"),
    words("-nodefaults -no-user-config -display none -no-reboot"),
    ["-m", `${options.memoryMiB}`],
    ["-kernel", machineParts.kernel, "-initrd", machineParts.initramfs, "-append", kernelLine(options)],
    ["-serial", `file:${paths.console}`],
    ["-qmp", `unix:${paths.monitor},server=on,wait=off`],
    ["-device", "virtio-serial-pci"],
    ["-chardev", `socket,id=lab,path=${paths.agent},server=on,wait=off`],
    ["-device", "virtserialport,chardev=lab,name=lab"],
    sharedFolder("host", "/"),
    sharedFolder("tools", machineParts.tools),
    ["-netdev", network, "-device", "virtio-net-pci,netdev=net,romfile="],
    ["-device", "virtio-scsi-pci,id=scsi", "-device", "qemu-xhci,id=xhci,p2=8,p3=8"],
    ...Array.from({ length: expressSlots }, (_, i) => expressSlot(i)),
  ].flat();
}

function words(line: string): string[] {
  return line.split(" ");
}

function expressSlot(index: number): string[] {
  return ["-device", `pcie-root-port,id=slot${index},slot=${index + 1},chassis=${index + 1}`];
}

function kernelLine({ modules }: QemuOptions): string {
  const loaded = [...busModules, ...modules].map((module) => module.replaceAll(" ", "+"));
  return `console=ttyS0 loglevel=5 panic=-1 mitigations=off nokaslr lab.modules=${loaded.join(",")}`;
}

/** Read-only: the guest sees this machine's programs, and can change nothing of it. */
function sharedFolder(name: string, path: string): string[] {
  return [
    "-fsdev",
    `local,id=${name},path=${path},security_model=none,readonly=on,multidevs=remap`,
    "-device",
    `virtio-9p-pci,fsdev=${name},mount_tag=${name}`,
  ];
}
