import { ScsiDisk } from "../scsi/scsi-disk.ts";
import { checkCondition, fixedSense, good, goodWith, operation, senseCode } from "../scsi/scsi-command.ts";
import type { ScsiCommand, ScsiOutcome } from "../scsi/scsi-command.ts";
import { ataInformationPage, vitalPage } from "../scsi/scsi-pages.ts";
import type { DriveOptions } from "../drives/firmware-drive.ts";
import { aborted, ataOperation, done, type AtaCommand, type AtaOutcome } from "./ata-command.ts";
import { identifyDevice } from "./ata-identify.ts";
import { AtaSanitize } from "./ata-sanitize.ts";
import { AtaSecurity } from "./ata-security.ts";
import { ataReturnSense, passedThrough, type PassedThrough } from "./sat.ts";

export interface SataDriveOptions extends DriveOptions {
  /**
   * `fixed`: an aborted command is reported the way libata 6.1 reports one. hdparm 9.65 takes that for a success,
   * and exits with 0 after an erase that the drive has refused.
   */
  readonly sense?: "descriptor" | "fixed";
}

/** A SATA disk behind a translation (SAT), with passwords, security erase and sanitize. hdparm drives it. */
export class SataDrive extends ScsiDisk {
  readonly security: AtaSecurity;
  readonly sanitize: AtaSanitize;
  protected override readonly vendor = "ATA";
  readonly #sense: "descriptor" | "fixed";
  /** What a drive that is erasing lets wait: until then it is busy, and answers nothing. */
  #busy: Promise<unknown> = Promise.resolve();

  constructor(options: SataDriveOptions) {
    super(options);
    this.security = new AtaSecurity(this.erasure);
    this.sanitize = new AtaSanitize(this.erasure);
    this.#sense = options.sense ?? "descriptor";
  }

  override async powerOn(): Promise<number> {
    this.security.powerOn();
    this.#busy = Promise.resolve();
    return super.powerOn();
  }

  protected override async executeOwn(command: ScsiCommand): Promise<ScsiOutcome | null> {
    const code = command.cdb[0];
    if (code === operation.inquiry || code === operation.reportLuns) return null;
    await this.#busy;
    if (code === operation.ataPassThrough12 || code === operation.ataPassThrough16)
      return this.#passThrough(command);
    if (!isMediaAccess(code)) return null;
    if (this.security.isLocked) return checkCondition(fixedSense(senseCode.securityConflict));
    return this.sanitize.isInProgress || this.sanitize.hasFailed
      ? checkCondition(fixedSense(senseCode.aborted))
      : null;
  }

  protected override vitalPages(): number[] {
    return Object.values(vitalPage);
  }

  protected override vitalPage(page: number): Buffer {
    return page === vitalPage.ataInformation ? ataInformationPage(this.#identify()) : super.vitalPage(page);
  }

  async #passThrough(command: ScsiCommand): Promise<ScsiOutcome> {
    const passed = passedThrough(command.cdb);
    const content =
      passed.direction === "to drive" ? await command.fetch(command.transferBytes) : Buffer.alloc(0);
    const outcome = await this.executeAta({ ...passed, content });
    return this.#translated(outcome, passed);
  }

  /** An ATA command by itself. */
  async executeAta(command: AtaCommand): Promise<AtaOutcome> {
    this.heard.push(`ATA ${command.operation.toString(16)}h, feature ${command.feature.toString(16)}h`);
    const secured = this.security.execute(command);
    this.#busy = secured;
    const outcome = await secured;
    if (outcome) {
      if (command.operation === ataOperation.securityErase && outcome.ended === "done")
        this.unreadable.clear();
      return outcome;
    }
    switch (command.operation) {
      case ataOperation.identify:
        return { ended: "done", content: this.#identify() };
      case ataOperation.checkPowerMode:
        return { ended: "done", count: 0xff };
      case ataOperation.standbyImmediate:
      case ataOperation.flushCache:
      case ataOperation.flushCacheExt:
      case ataOperation.setFeatures:
        return done;
      case ataOperation.sanitize:
        if (this.security.isEnabled && command.feature !== 0) return aborted;
        return this.sanitize.execute(command.feature, command.address, () => this.unreadable.clear());
      default:
        return aborted;
    }
  }

  #translated(outcome: AtaOutcome, passed: PassedThrough): ScsiOutcome {
    if (outcome.ended === "aborted") {
      const asLibata = this.#sense === "fixed";
      return checkCondition(asLibata ? fixedSense(senseCode.aborted) : ataReturnSense(outcome, passed));
    }
    if (outcome.content) return goodWith(outcome.content);
    return passed.wantsRegisters ? checkCondition(ataReturnSense(outcome, passed)) : good;
  }

  #identify(): Buffer {
    const { serial, model, sectorCount, rotationRpm, worldWideName, security } = this;
    return identifyDevice({ serial, model, sectorCount, rotationRpm, worldWideName, security });
  }
}

function isMediaAccess(code: number | undefined): boolean {
  const accesses: readonly (number | undefined)[] = [
    operation.read10,
    operation.read16,
    operation.write10,
    operation.write16,
  ];
  return accesses.includes(code);
}
