import { GuestStation } from "../stations/guest-station.ts";
import { VirtualMachine, type MachineOptions } from "./virtual-machine.ts";

/** A machine that is up, and our station in it. */
export interface Shared {
  readonly machine: VirtualMachine;
  readonly station: GuestStation;
}

/**
 * A machine with our station for scenarios that follow one another, for a boot takes longer than most of them. It starts
 * for the first that asks for it; whoever runs the scenarios ends it after the last, and after each that failed, so that
 * the next one gets a machine to which nothing has happened.
 */
export class SharedMachine {
  readonly #options: () => MachineOptions;
  #shared: Shared | null = null;

  /** `options` are made anew for each start: a new machine has new disks. */
  constructor(options: () => MachineOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#shared !== null;
  }

  async up(): Promise<Shared> {
    if (this.#shared) return this.#shared;
    const machine = await VirtualMachine.start(this.#options());
    try {
      return (this.#shared = { machine, station: await GuestStation.start(machine) });
    } catch (error) {
      await machine.cutPower();
      throw error;
    }
  }

  async end(): Promise<void> {
    const shared = this.#shared;
    this.#shared = null;
    await shared?.station[Symbol.asyncDispose]();
    await shared?.machine.cutPower();
  }
}
