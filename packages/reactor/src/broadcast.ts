import { Connection } from "./connection.ts";
import { JoinedText } from "./joined-text.ts";
import type { Transport } from "./transport.ts";

/** Longer text is encoded once for all; shorter text is sent faster by each connection itself. */
const LONGEST_TEXT_EACH = 512;

/** Whoever can be written to: a protocol. */
export interface Listening {
  readonly transport: Pick<Transport, "disconnecting" | "write">;
}

/**
 * Writes the same to many, and returns how many took it. Those that are leaving already are passed over: what became
 * of another connection is nothing that a handler could be blamed for. Twisted's `for client in self.clients` loop.
 * `except` is passed over too: whoever said it need not hear it.
 */
export function broadcast(
  to: Iterable<Listening>,
  data: string | Uint8Array,
  except: Listening | null = null,
): number {
  const isLongText = typeof data === "string" && data.length > LONGEST_TEXT_EACH;
  const sent = isLongText ? new TextEncoder().encode(data) : data;
  const joined = typeof sent === "string" ? new JoinedText(sent) : null;
  let taken = 0;
  for (const one of to) {
    const { transport } = one;
    if (one === except || transport.disconnecting) continue;
    if (joined !== null && transport instanceof Connection) transport.writeJoined(joined);
    else transport.write(sent);
    taken += 1;
  }
  return taken;
}
