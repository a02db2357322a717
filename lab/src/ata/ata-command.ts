/** An ATA command and how it ends. "ACS" is ACS-4. */

/** ACS: command codes. */
export const ataOperation = {
  sanitize: 0xb4,
  checkPowerMode: 0xe5,
  standbyImmediate: 0xe0,
  flushCache: 0xe7,
  flushCacheExt: 0xea,
  identify: 0xec,
  setFeatures: 0xef,
  securitySetPassword: 0xf1,
  securityUnlock: 0xf2,
  securityErasePrepare: 0xf3,
  securityErase: 0xf4,
  securityFreeze: 0xf5,
  securityDisable: 0xf6,
} as const;

export interface AtaCommand {
  readonly operation: number;
  readonly feature: number;
  readonly count: number;
  /** The lower 32 bits. */
  readonly address: number;
  /** What the host brings, for a command that takes data. */
  readonly content: Buffer;
}

export type AtaOutcome =
  /** `count` and `address` are registers, where a command has something to say in them. */
  | { readonly ended: "done"; readonly content?: Buffer; readonly count?: number; readonly address?: number }
  | { readonly ended: "aborted"; readonly address?: number };

export const done: AtaOutcome = { ended: "done" };
export const aborted: AtaOutcome = { ended: "aborted" };
