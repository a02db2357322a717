import type { Address } from "./address.ts";
import type { Clock } from "./clock.ts";
import { ConnectError } from "./errors.ts";
import type { Net, Wire } from "./net.ts";

export interface DialSettings {
  readonly net: Net;
  readonly clock: Clock;
  readonly address: Address;
  readonly timeoutMs: number;
  readonly localHost: string | undefined;
  /** Gives up the attempt, and its reason is what `dial` rejects with. */
  readonly signal: AbortSignal;
}

/** Dials once, for no longer than `timeoutMs`. */
export async function dial(settings: DialSettings): Promise<Wire> {
  const { net, clock, address, timeoutMs, localHost, signal } = settings;
  const patience = new AbortController();
  const call = clock.callLater(timeoutMs, () => {
    const why = `no answer within ${timeoutMs / 1000} s`;
    patience.abort(new ConnectError(address, why, { kind: "timeout", by: "local" }));
  });
  try {
    return await net.connect(address, AbortSignal.any([signal, patience.signal]), localHost);
  } finally {
    call.cancel();
  }
}
