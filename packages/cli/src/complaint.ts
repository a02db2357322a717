/** What goes to standard error: a sentence for people, a line of JSON for scripts. */

export interface Complaint {
  readonly message: string;
  /** An error code of the station. */
  readonly code: string | null;
}

/** Looked up in the arguments as they are: a command line that cannot be read has no options. */
export const forScripts = process.argv.includes("--json");

/** Ends the program, or is waited for. */
export function complain(kind: "error" | "waiting", { code, message }: Complaint): void {
  const words = kind === "waiting" ? `Waiting: ${message}` : message;
  process.stderr.write(forScripts ? `${JSON.stringify({ [kind]: { code, message } })}\n` : `${words}\n`);
}
