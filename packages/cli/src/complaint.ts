/** What goes to standard error: a sentence for people, a line of JSON for scripts. */

export interface Complaint {
  readonly message: string;
  /** An error code of the station, or what is warned of. */
  readonly code: string | null;
  /** The job that it is about. */
  readonly job?: string | undefined;
}

/** Looked up in the arguments as they are: a command line that cannot be read has no options. */
export const forScripts = process.argv.includes("--json");

/**
 * - `error`: it ends the program.
 * - `waiting`: it is waited for.
 * - `warning`: it should be known; the program goes on, and its exit code says nothing of it.
 * - `earlier`: what became of something that an earlier program has asked for.
 */
type Kind = "error" | "waiting" | "warning" | "earlier";

const begins: Readonly<Record<Kind, string>> = {
  error: "",
  waiting: "Waiting: ",
  warning: "Warning: ",
  earlier: "",
};

export function complain(kind: Kind, { code, message, job }: Complaint): void {
  process.stderr.write(
    forScripts
      ? `${JSON.stringify({ [kind]: { code, message, job } })}\n`
      : `${ownLine()}${begins[kind]}${message}\n`,
  );
}

/** On a terminal the last line may be one that changes in place: it comes again with its next change. */
function ownLine(): string {
  return process.stderr.isTTY && process.stdout.isTTY ? "\r\u001B[K" : "";
}
