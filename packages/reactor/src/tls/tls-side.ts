import { asError } from "../as-error.ts";
import type { Clock } from "../clock.ts";
import { CannotListenError } from "../errors.ts";
import type { Wire } from "../net.ts";
import type { TlsClientOptions, TlsServerOptions } from "./tls-options.ts";

/** Which side of TLS we are: the one that proves who it is, or the one that checks it. */
export type TlsSide = { readonly server: TlsServerOptions } | { readonly client: TlsClientOptions };

/**
 * Puts TLS on a wire. Resolves when the handshake is done; rejects with `TlsError`. TLS itself is loaded when it is
 * needed first: a program without it starts sooner.
 */
export async function secure(wire: Wire, clock: Clock, side: TlsSide): Promise<Wire> {
  const { secureClient, secureServer } = await import("./secure.ts");
  return "server" in side ? secureServer(wire, clock, side.server) : secureClient(wire, clock, side.client);
}

/** Rejects with `CannotListenError` when no handshake could ever be done with these keys and certificates. */
export async function checkServer(options: TlsServerOptions): Promise<void> {
  const { serverContext } = await import("./secure.ts");
  try {
    serverContext(options);
  } catch (thrown) {
    const error = asError(thrown);
    throw new CannotListenError(`Cannot listen with TLS: ${error.message}`, { cause: error });
  }
}
