import { fabrics, status, succeeded, type NvmeCommand, type NvmeOutcome } from "./nvme-command.ts";
import { controllerId, queueEntries } from "./nvme-structures.ts";

/** Offsets (Base: controller properties). Over a network they are read and set by commands. */
const register = { capabilities: 0x00, version: 0x08, configuration: 0x14, status: 0x1c } as const;

/** One I/O command set, 7.5 s to become ready, contiguous queues. */
const capabilities = (1n << 37n) | (0x0fn << 24n) | (1n << 16n) | BigInt(queueEntries - 1);

/** What the host turns the controller on and off by. */
export class NvmeRegisters {
  #configuration = 0;

  execute(command: NvmeCommand): NvmeOutcome {
    switch (command.fabricsType) {
      case fabrics.connect:
        return { status: status.success, result: BigInt(controllerId) };
      case fabrics.propertyGet:
        return { status: status.success, result: this.#read(command.dword(11)) };
      case fabrics.propertySet:
        if (command.dword(11) === register.configuration) this.#configuration = command.dword(12);
        return succeeded;
      default:
        return { status: status.invalidOpcode };
    }
  }

  #read(offset: number): bigint {
    switch (offset) {
      case register.capabilities:
        return capabilities;
      case register.version:
        return 0x1_0400n;
      case register.configuration:
        return BigInt(this.#configuration);
      case register.status:
        return BigInt(this.#ready | this.#shutdownComplete);
      default:
        return 0n;
    }
  }

  get #ready(): number {
    return this.#configuration & 1;
  }

  get #shutdownComplete(): number {
    return (this.#configuration >>> 14) & 0b11 ? 0b1000 : 0;
  }
}
