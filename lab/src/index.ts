/**
 * Real and faulty block devices to practise and test on.
 *
 * - `FaultDisk`: a disk in memory, with every fault there is to choose. Begin with `fault-disk/fault-disk.ts`.
 * - `FaultLoop`: the same as a real `/dev/loopN` of this machine.
 * - `VirtualMachine`: a machine with disks on every bus, which come and go, and whose power can be cut.
 * - `NvmeDrive`, `SataDrive`, `SasDrive`: drives that erase themselves, driven by the real nvme-cli, hdparm, sg3-utils.
 * - `GuestStation`, `HostStation`: our own station in such a machine or here, and our client of it.
 *
 * `scenarios/` shows all of them at work.
 */
export * from "./fault-disk/fault-disk.ts";
export * from "./fault-disk/faults.ts";
export { Media } from "./fault-disk/media.ts";
export { FaultLoop } from "./fault-loop/fault-loop.ts";
export { serveNbd, type NbdServer } from "./nbd/nbd-server.ts";
export * from "./machine/virtual-machine.ts";
export type { Ran } from "./machine/guest-agent.ts";
export type { Bus, GuestDisk } from "./machine/guest-disk.ts";
export { zoo } from "./machine/zoo.ts";
export * from "./drives/erasure.ts";
export { FirmwareDrive, type DriveOptions } from "./drives/firmware-drive.ts";
export { NvmeDrive } from "./nvme/nvme-drive.ts";
export { SataDrive, type SataDriveOptions } from "./ata/sata-drive.ts";
export { SasDrive } from "./scsi/sas-drive.ts";
export { GuestStation } from "./stations/guest-station.ts";
export { HostStation } from "./stations/host-station.ts";
export { RemoteControl } from "./stations/remote-control.ts";
export { whyNoFaultLoops, whyNoMachines } from "./requirements.ts";
export { leftBehind } from "./work-folder.ts";
