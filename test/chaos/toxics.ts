/** What a chaos proxy does to the bytes that go one way. */

/** The two ways of a connection, by where the bytes are going. */
export type Way = "to-server" | "to-client";
export const ways: readonly Way[] = ["to-server", "to-client"];

/** What is left out does no harm. Bytes never overtake each other, whatever is set. */
export interface Toxics {
  /** Bytes arrive so much later, and by chance up to `jitterMs` more. */
  readonly latency?: { readonly delayMs: number; readonly jitterMs?: number };
  /** Bytes arrive in pieces of so many, each written alone. */
  readonly slicer?: { readonly pieceBytes: number };
  readonly bandwidth?: { readonly bytesPerSecond: number };
  /** When so many bytes have arrived, counted from the connection's beginning, it is over: not one more arrives. */
  readonly cut?: { readonly afterBytes: number; readonly how: Cut };
  /**
   * Nothing arrives and nobody is told. `swallowed`: the sender's bytes are taken and gone, as by a peer that has lost
   * its power; the connection never works again. `stuck`: they are not taken, and arrive when this is over.
   */
  readonly blackHole?: "swallowed" | "stuck";
  /** The sender's end of the stream arrives so much later. */
  readonly slowClose?: { readonly delayMs: number };
}

/** `reset`: both ends see a reset. `end`: the stream ends as if the sender had ended it. `silence`: nobody is told. */
export type Cut = "reset" | "end" | "silence";
