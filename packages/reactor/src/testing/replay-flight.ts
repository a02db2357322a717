import type { Flight } from "../policies/flight.ts";
import type { Protocol } from "../protocol.ts";
import { StringTransport } from "./string-transport.ts";

/**
 * Lets a protocol live through a flight again: gives it what was received, in the same pieces, and gives back the
 * transport that it wrote to. A crash in the field becomes a test:
 *
 * ```ts
 * const transport = await replayFlight(readFlight(readFileSync("crash.flight", "utf8")), new Greeter());
 * ```
 *
 * A promise that a handler returns holds back what comes next, as on a connection. Rejects with what the protocol throws.
 * What was forgotten before the first frame is not given.
 */
export async function replayFlight(flight: Flight, protocol: Protocol<object>): Promise<StringTransport> {
  const transport = new StringTransport();
  await protocol.makeConnection(transport);
  for (const { kind, bytes } of flight.frames) {
    if (transport.state !== "open") break;
    if (kind === "received") await protocol.dataReceived(bytes);
    if (kind === "ended") await protocol.readConnectionLost();
  }
  return transport;
}
