import type { FirmwareDrive } from "../drives/firmware-drive.ts";
import { VirtualMachine, type MachineOptions } from "./virtual-machine.ts";

/**
 * A machine for scenarios that follow one another, for a boot takes longer than most of them. It starts for the first
 * that asks for it; whoever runs the scenarios ends it after the last, and after each that failed, so that the next one
 * gets a machine to which nothing has happened.
 */
export class SharedMachine {
  readonly #options: () => MachineOptions;
  readonly #parts: AsyncDisposable[] = [];
  #machine: VirtualMachine | null = null;

  /** `options` are made anew for each start: a new machine has new disks. */
  constructor(options: () => MachineOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#machine !== null;
  }

  async up(): Promise<VirtualMachine> {
    return (this.#machine ??= await VirtualMachine.start(this.#options()));
  }

  /** Something that ends with the machine. */
  keep(part: AsyncDisposable): void {
    this.#parts.push(part);
  }

  /** The drive stays, with whatever has been done to it, until the machine ends. Gives the kernel's name for it. */
  async attach(drive: FirmwareDrive): Promise<string> {
    const machine = await this.up();
    this.keep(drive);
    return machine.attach(drive);
  }

  async end(): Promise<void> {
    const machine = this.#machine;
    this.#machine = null;
    await machine?.cutPower();
    for (const part of this.#parts.splice(0)) await part[Symbol.asyncDispose]();
  }
}
