import { ClientService, type ClientServiceOptions } from "./client-service.ts";
import { connectEndpoint, type ConnectEndpoint } from "./endpoints/connect-endpoint.ts";
import type { Factory } from "./factory.ts";
import type { Protocol } from "./protocol.ts";
import type { Reactor } from "./reactor.ts";

/** What `ClientServiceOptions` says, as far as the reactor does not know it already. */
export interface KeepConnectedOptions<P> extends Pick<
  ClientServiceOptions<P>,
  "prepare" | "policy" | "stableMs" | "onState"
> {
  /** How long one attempt may take. */
  readonly timeoutMs?: number;
}

/**
 * Keeps one connection to an endpoint, over every loss, until `stop` or the reactor's: Twisted's `ClientService`.
 * Started already. Throws `EndpointError`; files that the endpoint names are read for every attempt.
 *
 * ```ts
 * const service = keepConnected(reactor, "tcp:example.org:1234", Factory.forProtocol(Chat));
 * const chat = await service.whenConnected();
 * ```
 */
export function keepConnected<P extends Protocol<object>>(
  reactor: Reactor,
  endpoint: string | ConnectEndpoint,
  factory: Factory<P>,
  { timeoutMs, ...options }: KeepConnectedOptions<P> = {},
): ClientService<P> {
  if (typeof endpoint === "string") connectEndpoint(endpoint); // What can never be, nobody waits for.
  let hook: Disposable | undefined;
  const service = new ClientService<P>({
    ...options,
    clock: reactor.clock,
    random: reactor.random,
    onState(state) {
      hook?.[Symbol.dispose]();
      hook = state.state === "stopped" ? undefined : reactor.onShutdown("before", () => service.stop());
      options.onState?.(state);
    },
    connect: (signal) =>
      reactor.connect(endpoint, factory, { signal, ...(timeoutMs !== undefined && { timeoutMs }) }),
    closed: ({ transport }) => transport.closed.then(failIfLost),
    close: ({ transport }) => transport.loseConnection(),
  });
  service.start();
  return service;
}

/** The service tells its users what the last connection died of. */
function failIfLost({ error }: { readonly error?: Error }): void {
  if (error) throw error;
}
