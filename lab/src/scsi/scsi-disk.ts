import type { Conversation } from "../conversation.ts";
import { FirmwareDrive, type DriveOptions } from "../drives/firmware-drive.ts";
import { iscsiConversation } from "../iscsi/iscsi-conversation.ts";
import { checkCondition, fixedSense, good, goodWith, operation, senseCode } from "./scsi-command.ts";
import type { ScsiCommand, ScsiOutcome } from "./scsi-command.ts";
import * as pages from "./scsi-pages.ts";

/**
 * A SCSI disk at the end of an iSCSI connection: what every disk can, reading and writing. What kind of disk it is
 * (`SasDrive`, `SataDrive`), its subclass says.
 */
export abstract class ScsiDisk extends FirmwareDrive {
  readonly sectorBytes: number = 512;
  readonly qualifiedName: string;
  protected abstract readonly vendor: string;
  protected readonly rotationRpm: number = 7200;

  constructor(options: DriveOptions) {
    super(options);
    this.qualifiedName = `iqn.2026-01.lab.trofie:${options.serial.toLowerCase()}`;
  }

  get sectorCount(): number {
    return this.media.sizeBytes / this.sectorBytes;
  }

  /** iscsistart needs no daemon; a session that is gone fails after some seconds, not after two minutes. */
  readonly attachment = {
    modules: ["iscsi_tcp"],
    script: (host: string, port: number) =>
      `iscsistart -i iqn.2026-01.lab.trofie:guest -t ${this.qualifiedName} -g 1 -a ${host} -p ${port} ` +
      `-P node.session.timeo.replacement_timeout=3`,
    // The session stays: to end it would need the daemon.
    leave: (name: string) => `echo 1 > /sys/block/${name}/device/delete`,
  };

  protected override converse(send: (...parts: Buffer[]) => void): Conversation {
    return iscsiConversation(send, this.qualifiedName, (command) => this.execute(command));
  }

  /** What the subclass answers itself; null for what every disk answers alike. */
  protected abstract executeOwn(command: ScsiCommand): Promise<ScsiOutcome | null>;

  async execute(command: ScsiCommand): Promise<ScsiOutcome> {
    const own = await this.executeOwn(command);
    if (own) return own;
    const { cdb } = command;
    switch (cdb[0]) {
      case operation.inquiry:
        return goodWith(
          (cdb[1]! & 1) === 0 ? pages.standardInquiry(this.vendor, this.model) : this.vitalPage(cdb[2]!),
        );
      case operation.reportLuns:
        return goodWith(pages.oneLun());
      case operation.requestSense:
        return goodWith(fixedSense(senseCode.nothing));
      case operation.testUnitReady:
      case operation.startStopUnit:
      case operation.preventAllowRemoval:
      case operation.synchronizeCache10:
      case operation.synchronizeCache16:
      case operation.verify10:
      case operation.verify16:
        return good;
      case operation.readCapacity10:
        return goodWith(pages.capacity10(this.sectorCount, this.sectorBytes));
      case operation.serviceActionIn16:
        return this.#serviceActionIn(cdb[1]! & 0x1f);
      case operation.modeSense6:
        return goodWith(pages.modeSense6());
      case operation.modeSense10:
        return goodWith(pages.modeSense10());
      case operation.read10:
      case operation.read16:
        return this.#read(command);
      case operation.write10:
      case operation.write16:
        return this.#write(command);
      default:
        return checkCondition(fixedSense(senseCode.invalidOperation));
    }
  }

  protected vitalPage(page: number): Buffer {
    switch (page) {
      case pages.vitalPage.supported:
        return pages.supportedVitalPages(this.vitalPages());
      case pages.vitalPage.serial:
        return pages.serialPage(this.serial);
      case pages.vitalPage.identity:
        return pages.identityPage(this.worldWideName);
      case pages.vitalPage.characteristics:
        return pages.characteristicsPage(this.rotationRpm);
      default:
        return pages.emptyVitalPage(page);
    }
  }

  protected vitalPages(): number[] {
    return Object.values(pages.vitalPage).filter((page) => page !== pages.vitalPage.ataInformation);
  }

  /** Made from the serial number, so that two drives of a test have two names. */
  get worldWideName(): bigint {
    let hash = 0n;
    for (const character of Buffer.from(this.serial)) hash = (hash * 131n + BigInt(character)) & 0xffff_ffffn;
    return 0x5000_c500_0000_0000n | hash;
  }

  #serviceActionIn(action: number): ScsiOutcome {
    const readCapacity16 = 0x10;
    return action === readCapacity16
      ? goodWith(pages.capacity16(this.sectorCount, this.sectorBytes))
      : checkCondition(fixedSense(senseCode.invalidField));
  }

  #read({ cdb }: ScsiCommand): ScsiOutcome {
    const { first, count } = sectorsOf(cdb);
    if (first + count > this.sectorCount) return checkCondition(fixedSense(senseCode.beyondTheEnd));
    const sector = this.firstOf(this.unreadable, first, count);
    if (sector !== null) return checkCondition(fixedSense(senseCode.unrecoveredReadError, { sector }));
    return goodWith(this.media.peek(first * this.sectorBytes, count * this.sectorBytes));
  }

  async #write({ cdb, fetch }: ScsiCommand): Promise<ScsiOutcome> {
    const { first, count } = sectorsOf(cdb);
    if (first + count > this.sectorCount) return checkCondition(fixedSense(senseCode.beyondTheEnd));
    const content = await fetch(count * this.sectorBytes);
    const sector = this.firstOf(this.unwritable, first, count);
    if (sector !== null) return checkCondition(fixedSense(senseCode.writeError, { sector }));
    this.media.put(first * this.sectorBytes, content);
    this.heal(first, count);
    return good;
  }
}

function sectorsOf(cdb: Buffer): { first: number; count: number } {
  const isLong = (cdb[0]! & 0x80) !== 0;
  return isLong
    ? { first: Number(cdb.readBigUInt64BE(2)), count: cdb.readUInt32BE(10) }
    : { first: cdb.readUInt32BE(2), count: cdb.readUInt16BE(7) };
}
