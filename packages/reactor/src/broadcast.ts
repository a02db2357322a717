import type { Transport } from "./transport.ts";

/** Longer text is encoded once for all; shorter text is sent faster by each connection itself. */
const LONGEST_TEXT_EACH = 512;

/**
 * Writes the same to many, and returns how many took it. Those that are leaving already are passed over: what became
 * of another connection is nothing that a handler could be blamed for. Twisted's `for client in self.clients` loop.
 */
export function broadcast(
  to: Iterable<{ readonly transport: Pick<Transport, "disconnecting" | "write"> }>,
  data: string | Uint8Array,
): number {
  const isLongText = typeof data === "string" && data.length > LONGEST_TEXT_EACH;
  const sent = isLongText ? new TextEncoder().encode(data) : data;
  let taken = 0;
  for (const { transport } of to) {
    if (transport.disconnecting) continue;
    transport.write(sent);
    taken += 1;
  }
  return taken;
}
