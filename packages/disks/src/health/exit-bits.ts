/** What smartctl's exit status says: eight bits, each a finding of its own (smartctl(8), "EXIT STATUS"). */
export const exitBits = {
  /** The command line was not understood; nothing was asked. */
  notUnderstood: 0x01,
  /** The device could not be opened, or did not say what it is. */
  notOpened: 0x02,
  /** Some question was not answered. Many good disks lack one page or another of all that `--xall` asks for. */
  notAllAnswered: 0x04,
  /** The disk says of itself that it is failing. */
  failing: 0x08,
  /** An attribute that announces a failure is at or below its threshold. */
  attributesFailing: 0x10,
  /** An attribute was so in the past, or one that measures age is so now. */
  attributesFailedOnce: 0x20,
  /** Its log of errors has entries. Not judged: a cable gives such entries too, and they stay for good. */
  errorsLogged: 0x40,
  /** Its log of self-tests has failures. */
  selfTestsFailed: 0x80,
} as const;

export type ExitBit = keyof typeof exitBits;

export function exitBitsOf(status: number): ReadonlySet<ExitBit> {
  const names = Object.keys(exitBits) as ExitBit[];
  return new Set(names.filter((name) => (status & exitBits[name]) !== 0));
}
