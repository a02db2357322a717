/** What the program's exit code means, for scripts. Never changes meaning. */
export const exitCodes = {
  done: { number: 0, meaning: "done as asked; with `--wait`: the job ended well (`erased`, `done`)" },
  failed: {
    number: 1,
    meaning:
      "the job ended `failed` or `erased-with-errors`; the disk's health is `sus` or `fail`; an image was written and not grown; the station could not start",
  },
  usage: { number: 2, meaning: "the command line is wrong, or a file that it names" },
  unreachable: { number: 3, meaning: "no station answers there, or it does not let us in" },
  refused: { number: 4, meaning: "the station refused; the reason is on standard error" },
  stopped: { number: 5, meaning: "the job was stopped, or not confirmed" },
  unknown: { number: 6, meaning: "the program ended before the answer came: look with `trofie jobs`" },
  interrupted: {
    number: 7,
    meaning: "the job rests, `interrupted`: `trofie job` says why, `trofie resume` lets it go on",
  },
  left: { number: 130, meaning: "you left with Ctrl-C while waiting; the job goes on" },
  unread: { number: 141, meaning: "nobody reads its output any more (as SIGPIPE); a job goes on" },
} as const;

export type ExitWord = keyof typeof exitCodes;

/** Ends the program with a sentence on standard error. Thrown anywhere, shown in one place. */
export class Exit extends Error {
  override readonly name = "Exit";
  readonly exit: ExitWord;
  /** An error code of the station, for `--json`. */
  readonly code: string | null;

  constructor(exit: ExitWord, message: string, code: string | null = null) {
    super(message);
    this.exit = exit;
    this.code = code;
  }
}
