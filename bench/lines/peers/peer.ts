/** What a server does with a line: answers it, or hands it to everybody else who is connected. */
export type ServerKind = "echo" | "fan";

/** A server that ours is measured beside, or ours itself. */
export interface Peer {
  readonly name: string;
  /** Files without which it cannot be, and the Debian packages that they come in. */
  readonly needs?: Readonly<Record<string, string>>;
  /** Compiles it. */
  readonly make?: readonly string[];
  readonly makeFolder?: string;
  /** Runs it; the kind of server follows. It prints `listening on PORT`. */
  readonly run: readonly string[];
}
