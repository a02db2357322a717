import type { Erasure } from "../drives/erasure.ts";
import { aborted, ataOperation, done, type AtaCommand, type AtaOutcome } from "./ata-command.ts";

/** How many wrong passwords are compared until the power is off and on again. */
const maxAttempts = 5;

/**
 * The Security feature set (ACS): a drive that locks itself, and erases itself for whoever knows the password.
 */
export class AtaSecurity {
  readonly #erasure: Erasure;
  #userPassword: string | null = null;
  #masterPassword = "";
  #isLocked = false;
  #isFrozen = false;
  /** A secure erase is obeyed only right after its preparation. */
  #isPrepared = false;
  #attemptsLeft = maxAttempts;

  constructor(erasure: Erasure) {
    this.#erasure = erasure;
  }

  get isEnabled(): boolean {
    return this.#userPassword !== null;
  }

  get isLocked(): boolean {
    return this.#isLocked;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  get isExpired(): boolean {
    return this.#attemptsLeft === 0;
  }

  /** A drive with a password comes up locked, and never frozen: it is the firmware of the computer that freezes it. */
  powerOn(): void {
    this.#isLocked = this.isEnabled;
    this.#isFrozen = false;
    this.#isPrepared = false;
    this.#attemptsLeft = maxAttempts;
  }

  /** As the firmware of most computers does before the system starts. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** Null for a command that is not of this feature set. */
  async execute(command: AtaCommand): Promise<AtaOutcome | null> {
    const wasPrepared = this.#isPrepared;
    this.#isPrepared = command.operation === ataOperation.securityErasePrepare && !this.#isFrozen;
    switch (command.operation) {
      case ataOperation.securityFreeze:
        this.#isFrozen = true;
        return done;
      case ataOperation.securityErasePrepare:
        return this.#isFrozen ? aborted : done;
      case ataOperation.securitySetPassword:
        return this.#setPassword(command.content);
      case ataOperation.securityUnlock:
        return this.#unlock(command.content);
      case ataOperation.securityDisable:
        return this.#disable(command.content);
      case ataOperation.securityErase:
        return wasPrepared ? this.#erase(command.content) : aborted;
      default:
        return null;
    }
  }

  #setPassword(content: Buffer): AtaOutcome {
    if (this.#isFrozen || this.#isLocked) return aborted;
    if (isMaster(content)) this.#masterPassword = passwordIn(content);
    else this.#userPassword = passwordIn(content);
    return done;
  }

  #unlock(content: Buffer): AtaOutcome {
    if (this.#isFrozen || !this.#accepts(content)) return aborted;
    this.#isLocked = false;
    return done;
  }

  #disable(content: Buffer): AtaOutcome {
    if (this.#isFrozen || this.#isLocked || !this.#accepts(content)) return aborted;
    this.#userPassword = null;
    return done;
  }

  /** The drive is busy until it is done; then it has forgotten the password. */
  async #erase(content: Buffer): Promise<AtaOutcome> {
    if (this.#isFrozen || !this.isEnabled || !this.#accepts(content)) return aborted;
    const isEnhanced = (content[0]! & 0b10) !== 0;
    const name = isEnhanced ? "enhanced security erase" : "security erase";
    if ((await this.#erasure.run({ name, afterPowerLoss: "is lost" })) === "failed") return aborted;
    this.#userPassword = null;
    this.#isLocked = false;
    return done;
  }

  #accepts(content: Buffer): boolean {
    if (this.isExpired) return false;
    const expected = isMaster(content) ? this.#masterPassword : this.#userPassword;
    const isRight = expected === passwordIn(content);
    if (!isRight) this.#attemptsLeft--;
    return isRight;
  }
}

function isMaster(content: Buffer): boolean {
  return (content[0]! & 1) !== 0;
}

function passwordIn(content: Buffer): string {
  return content.toString("latin1", 2, 34).replace(/\0+$/, "");
}
