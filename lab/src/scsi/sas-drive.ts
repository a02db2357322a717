import type { ErasureKind } from "../drives/erasure.ts";
import { ScsiDisk } from "./scsi-disk.ts";
import { checkCondition, fixedSense, good, goodWith, operation, senseCode } from "./scsi-command.ts";
import type { ScsiCommand, ScsiOutcome, SenseCode } from "./scsi-command.ts";

/** SBC: service actions of SANITIZE. */
const sanitizeAction: Readonly<Record<number, string>> = {
  1: "overwrite",
  2: "block erase",
  3: "crypto erase",
};
const exitFailureMode = 0x1f;

/** A SAS disk that sanitizes and formats. The guest's sg3-utils drive it. */
export class SasDrive extends ScsiDisk {
  protected override readonly vendor = "TROFIE";
  protected override readonly rotationRpm = 10_000;
  #failure: SenseCode | null = null;

  /** While it erases, and after an erase that failed, it answers hardly anything. */
  protected override async executeOwn(command: ScsiCommand): Promise<ScsiOutcome | null> {
    const code = command.cdb[0];
    if (code === operation.inquiry || code === operation.reportLuns) return null;
    const inProgress = this.#senseInProgress();
    if (code === operation.requestSense) return inProgress ? goodWith(inProgress) : null;
    if (inProgress) return checkCondition(inProgress);
    if (code === operation.sanitize) return this.#sanitize(command);
    if (code === operation.formatUnit) return this.#format(command);
    return this.#failure ? checkCondition(fixedSense(this.#failure)) : null;
  }

  #senseInProgress(): Buffer | null {
    const { running, progress } = this.erasure;
    if (running === null) return null;
    const code = running === "format" ? senseCode.formatInProgress : senseCode.sanitizeInProgress;
    return fixedSense(code, { progress });
  }

  async #sanitize({ cdb, transferBytes, fetch }: ScsiCommand): Promise<ScsiOutcome> {
    const action = cdb[1]! & 0x1f;
    const answersAtOnce = (cdb[1]! & 0x80) !== 0;
    this.heard.push(`sanitize, service action ${action}`);
    if (action === exitFailureMode) {
      this.#failure = null;
      return good;
    }
    const name = sanitizeAction[action];
    if (!name) return checkCondition(fixedSense(senseCode.invalidField));
    // Of the parameter list of an overwrite only the first byte of the pattern is honoured.
    const byte = name === "overwrite" ? (await fetch(transferBytes))[4]! : 0;
    const kind = { name: `sanitize, ${name}`, byte, afterPowerLoss: "resumes" } as const;
    const ended = this.#erase(kind, senseCode.sanitizeFailed);
    return answersAtOnce ? good : ended;
  }

  async #format({ cdb, transferBytes, fetch }: ScsiCommand): Promise<ScsiOutcome> {
    this.heard.push("format unit");
    const hasParameters = (cdb[1]! & 0x10) !== 0;
    const parameters = hasParameters ? await fetch(transferBytes) : Buffer.alloc(4);
    const answersAtOnce = (parameters[1]! & 0b10) !== 0;
    const ended = this.#erase({ name: "format", afterPowerLoss: "is lost" }, senseCode.formatFailed);
    return answersAtOnce ? good : ended;
  }

  /** How it ends is for whoever waits for the command, and for every command after it. */
  #erase(kind: ErasureKind, failure: SenseCode): Promise<ScsiOutcome> {
    return new Promise((answer) => {
      this.erasure.begin(kind, (outcome) => {
        this.#failure = outcome === "failed" ? failure : null;
        if (outcome === "completed") this.unreadable.clear();
        answer(this.#failure ? checkCondition(fixedSense(this.#failure)) : good);
      });
    });
  }
}
