import type { Flight } from "../policies/flight.ts";
import type { Protocol } from "../protocol.ts";
import { StringTransport } from "./string-transport.ts";

/**
 * Lets a protocol live through a flight again: gives it what was received, in the same pieces, and gives back the
 * transport that it wrote to. A crash in the field becomes a test:
 *
 * ```ts
 * const transport = replayFlight(readFlight(readFileSync("crash.flight", "utf8")), new Greeter());
 * ```
 *
 * Throws what the protocol throws. What was forgotten before the first frame is not given.
 */
export function replayFlight(flight: Flight, protocol: Protocol<object>): StringTransport {
  const transport = new StringTransport();
  void protocol.makeConnection(transport);
  for (const { kind, bytes } of flight.frames) {
    if (transport.state !== "open") break;
    if (kind === "received") void protocol.dataReceived(bytes);
    if (kind === "ended") void protocol.readConnectionLost();
  }
  return transport;
}
