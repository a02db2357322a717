import type { Conversation } from "../conversation.ts";
import { FirmwareDrive, type DriveOptions } from "../drives/firmware-drive.ts";
import { admin, fabrics, io, status, succeeded, type NvmeCommand, type NvmeOutcome } from "./nvme-command.ts";
import { NvmeRegisters } from "./nvme-registers.ts";
import { NvmeSanitize } from "./nvme-sanitize.ts";
import * as structures from "./nvme-structures.ts";
import { nvmeTcpConversation, type FetchContent } from "./nvme-tcp-conversation.ts";

/** Get Log Page and Identify, as the base specification numbers their pages. */
const logPage = { health: 0x02, supportedCommands: 0x05, sanitize: 0x81 } as const;
const identifyPage = { namespace: 0, controller: 1, activeNamespaces: 2, namespaceDescriptors: 3 } as const;

/**
 * An NVMe drive with one namespace that sanitizes, formats and marks sectors unreadable, over TCP. In the guest it is
 * `/dev/nvme0n1` like any other, and the guest's nvme-cli drives it.
 */
export class NvmeDrive extends FirmwareDrive {
  readonly qualifiedName: string;
  readonly sanitize: NvmeSanitize;
  #sectorBytes: number = structures.sectorFormats[0];

  constructor(options: DriveOptions) {
    super(options);
    this.qualifiedName = `nqn.2026-01.lab.trofie:${options.serial.toLowerCase()}`;
    this.sanitize = new NvmeSanitize(this.erasure);
  }

  get sectorBytes(): number {
    return this.#sectorBytes;
  }

  /** A controller that is gone is given up after some seconds, not after ten minutes as the kernel would. */
  readonly attachment = {
    modules: ["nvme-tcp"],
    script: (host: string, port: number) =>
      `nvme connect -t tcp -a ${host} -s ${port} -n ${this.qualifiedName} --reconnect-delay=1 --ctrl-loss-tmo=3`,
    leave: () => `nvme disconnect -n ${this.qualifiedName}`,
  };

  protected override converse(send: (...parts: Buffer[]) => void): Conversation {
    const registers = new NvmeRegisters();
    // Which queue a connection is, its first command says: 0 is for administration, the others read and write.
    let queue = 0;
    return nvmeTcpConversation(send, async (command, fetch) => {
      if (command.opcode === fabrics.opcode) {
        if (command.fabricsType === fabrics.connect) queue = command.dword(10) >>> 16;
        return registers.execute(command);
      }
      return queue === 0 ? this.administer(command) : this.transfer(command, fetch);
    });
  }

  /** Administration. Null: a request to be told of events, of which there are none. */
  async administer(command: NvmeCommand): Promise<NvmeOutcome | null> {
    switch (command.opcode) {
      case admin.identify:
        return this.#identify(command.dword(10) & 0xff);
      case admin.getLogPage:
        return this.#log(command.dword(10) & 0xff, command.dword(12));
      case admin.asynchronousEvent:
        return null;
      case admin.setFeatures:
      case admin.getFeatures:
      case admin.keepAlive:
        return succeeded;
      case admin.format:
        return this.#format(command.dword(10));
      case admin.sanitize:
        this.heard.push(`sanitize, action ${command.dword(10) & 0b111}`);
        return {
          status: this.sanitize.begin(command.dword(10), command.dword(11), () => this.unreadable.clear()),
        };
      default:
        return { status: status.invalidOpcode };
    }
  }

  /** Reading and writing. */
  async transfer(command: NvmeCommand, fetch: FetchContent): Promise<NvmeOutcome> {
    const { firstSector, sectorCount } = command;
    // What the host brings must be taken, whatever becomes of it.
    const content =
      command.opcode === io.write ? await fetch(sectorCount * this.#sectorBytes) : Buffer.alloc(0);
    const objection = this.sanitize.objection ?? this.#objection(command);
    if (objection !== null) return { status: objection };
    switch (command.opcode) {
      case io.flush:
      case io.datasetManagement:
        return succeeded;
      case io.read:
        return this.#read(firstSector, sectorCount);
      case io.write:
        return this.#write(firstSector, content);
      case io.writeZeroes:
        return this.#write(firstSector, Buffer.alloc(sectorCount * this.#sectorBytes));
      case io.writeUncorrectable:
        for (let i = 0; i < sectorCount; i++) this.unreadable.add(firstSector + i);
        return succeeded;
      default:
        return { status: status.invalidOpcode };
    }
  }

  #objection({ opcode, firstSector, sectorCount }: NvmeCommand): number | null {
    if (opcode === io.flush || opcode === io.datasetManagement) return null;
    const end = this.media.sizeBytes / this.#sectorBytes;
    return firstSector + sectorCount > end ? status.beyondTheEnd : null;
  }

  #read(firstSector: number, sectorCount: number): NvmeOutcome {
    if (this.firstOf(this.unreadable, firstSector, sectorCount) !== null)
      return { status: status.unrecoveredRead };
    const content = this.media.peek(firstSector * this.#sectorBytes, sectorCount * this.#sectorBytes);
    return { status: status.success, content };
  }

  #write(firstSector: number, content: Buffer): NvmeOutcome {
    const sectorCount = content.length / this.#sectorBytes;
    if (this.firstOf(this.unwritable, firstSector, sectorCount) !== null)
      return { status: status.writeFault };
    this.media.put(firstSector * this.#sectorBytes, content);
    this.heal(firstSector, sectorCount);
    this.sanitize.noteWrite();
    return succeeded;
  }

  #identify(page: number): NvmeOutcome {
    switch (page) {
      case identifyPage.controller:
        return { status: status.success, content: structures.identifyController(this) };
      case identifyPage.namespace: {
        const content = structures.identifyNamespace(this.media.sizeBytes, this.#sectorBytes, this.serial);
        return { status: status.success, content };
      }
      case identifyPage.activeNamespaces:
        return { status: status.success, content: structures.activeNamespaces() };
      case identifyPage.namespaceDescriptors:
        return { status: status.success, content: structures.namespaceDescriptors(this.serial) };
      default:
        return { status: status.invalidField };
    }
  }

  #log(page: number, offsetBytes: number): NvmeOutcome {
    const pages: Readonly<Record<number, () => Buffer>> = {
      [logPage.health]: structures.healthLog,
      [logPage.supportedCommands]: structures.supportedCommandsLog,
      [logPage.sanitize]: () => structures.sanitizeLog(this.sanitize.state),
    };
    const content = pages[page]?.() ?? Buffer.alloc(0);
    return { status: status.success, content: content.subarray(Math.min(offsetBytes, content.length)) };
  }

  /** Base: Format NVM command. The answer comes when it is done. */
  async #format(dword10: number): Promise<NvmeOutcome> {
    const sectorBytes = structures.sectorFormats[dword10 & 0b1111];
    const secureErase = (dword10 >>> 9) & 0b111;
    this.heard.push(`format, secure erase setting ${secureErase}`);
    if (this.sanitize.isInProgress) return { status: status.sanitizeInProgress };
    if (!sectorBytes || secureErase > 2) return { status: status.invalidFormat };
    if ((await this.erasure.run({ name: "format", afterPowerLoss: "is lost" })) === "failed")
      return { status: status.internalError };
    this.#sectorBytes = sectorBytes;
    this.unreadable.clear();
    return succeeded;
  }
}
