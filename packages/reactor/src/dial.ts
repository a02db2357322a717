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
  /** When it is given up, its reason is what `dial` rejects with. */
  readonly attempt: AbortController;
}

/** Dials once, for no longer than `timeoutMs`; then it gives up the attempt itself. */
export async function dial(settings: DialSettings): Promise<Wire> {
  const { net, clock, address, timeoutMs, localHost, attempt } = settings;
  const call = clock.callLater(timeoutMs, () => {
    const why = `no answer within ${timeoutMs / 1000} s`;
    attempt.abort(new ConnectError(address, why, { kind: "timeout", by: "local" }));
  });
  try {
    return await net.connect(address, attempt.signal, localHost);
  } finally {
    call.cancel();
  }
}
