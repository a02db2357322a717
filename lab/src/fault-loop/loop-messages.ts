import type { Counters, FaultDisk, FaultDiskOptions } from "../fault-disk/fault-disk.ts";
import type { Faults } from "../fault-disk/faults.ts";
import type { LoopDevice, LoopOptions } from "./loop-device.ts";

/** How a loop with faults begins. */
export type FaultLoopOptions = FaultDiskOptions & Pick<LoopOptions, "access">;

/**
 * What can be asked of a disk in the loop's process. Keys are the words of the message; the value is done there.
 */
export const diskCalls = {
  setFaults: (disk: FaultDisk, faults: Faults) => disk.setFaults(faults),
  powerCut: (disk: FaultDisk) => disk.powerCut(),
  reached: (disk: FaultDisk, atLeast: Partial<Counters>) => disk.reached(atLeast),
  counters: (disk: FaultDisk) => disk.counters,
  heldOperations: (disk: FaultDisk) => disk.heldOperations,
  unflushedBytes: (disk: FaultDisk) => disk.unflushedBytes,
  fill: (disk: FaultDisk, content: number | string) => disk.media.fill(content),
  peek: (disk: FaultDisk, offsetBytes: number, lengthBytes: number) =>
    disk.media.peek(offsetBytes, lengthBytes),
  countOthers: (disk: FaultDisk, byte: number) => disk.media.countOthers(byte),
};

export type DiskCalls = typeof diskCalls;
export type DiskCall = keyof DiskCalls;

type CallArguments<Call extends DiskCall> =
  Parameters<DiskCalls[Call]> extends [FaultDisk, ...infer Rest] ? Rest : never;
type CallResult<Call extends DiskCall> = Awaited<ReturnType<DiskCalls[Call]>>;

/** The same calls on the other side, without the disk, each of them a promise. */
export type RemoteDisk = {
  [Call in DiskCall]: (...args: CallArguments<Call>) => Promise<CallResult<Call>>;
};

export type ToLoopProcess =
  | { kind: "begin"; folder: string; options: FaultLoopOptions }
  | { kind: "call"; id: number; call: DiskCall; args: readonly unknown[] }
  | { kind: "end" };

export type FromLoopProcess =
  | { kind: "attached"; loop: LoopDevice; fusePid: number }
  | { kind: "returned"; id: number; result: unknown }
  | { kind: "ended" }
  | { kind: "failed"; message: string };
