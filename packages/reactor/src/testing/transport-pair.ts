import { addressText } from "../address.ts";
import type { TlsClientOptions, TlsServerOptions } from "../tls/tls-options.ts";
import { Factory } from "../factory.ts";
import type { Port } from "../port.ts";
import { Reactor, type ReactorOptions } from "../reactor.ts";
import { Recorder } from "./recorder.ts";
import { testCertificate } from "./test-certificate.ts";

/** Two recorders that are connected to each other. */
export interface TransportPair extends AsyncDisposable {
  readonly client: Recorder;
  readonly server: Recorder;
}

/** Listens at the endpoint, connects to it, and gives both ends. */
export function transportPair(endpoint: string, options?: ReactorOptions): Promise<TransportPair> {
  return pairOf(options, {
    listen: (reactor, factory) => reactor.listen(endpoint, factory),
    connect: (reactor, { address }, factory) => {
      const where = address.kind === "tcp" ? `tcp://${addressText(address)}` : endpoint;
      return reactor.connect(where, factory);
    },
  });
}

/** The same through TLS, on a port that is free, with the test certificate; more of TLS can be asked for. */
export function tlsPair(
  options?: ReactorOptions,
  tls: { readonly server?: Partial<TlsServerOptions>; readonly client?: TlsClientOptions } = {},
): Promise<TransportPair> {
  return pairOf(options, {
    listen: (reactor, factory) => reactor.listenTLS(0, factory, { ...testCertificate, ...tls.server }),
    connect: (reactor, { address }, factory) => {
      const port = address.kind === "tcp" ? address.port : 0;
      const { authorities } = testCertificate;
      return reactor.connectTLS("127.0.0.1", port, factory, { authorities, ...tls.client });
    },
  });
}

interface Ends {
  listen(reactor: Reactor, factory: Factory<Recorder>): Promise<Port>;
  connect(reactor: Reactor, port: Port, factory: Factory<Recorder>): Promise<Recorder>;
}

async function pairOf(options: ReactorOptions | undefined, ends: Ends): Promise<TransportPair> {
  const reactor = new Reactor(options);
  const accepted = Promise.withResolvers<Recorder>();
  const factory = new Factory<Recorder>();
  factory.buildProtocol = () => {
    const server = new Recorder();
    accepted.resolve(server);
    return server;
  };
  try {
    const port = await ends.listen(reactor, factory);
    const client = await ends.connect(reactor, port, Factory.forProtocol(Recorder));
    const server = await accepted.promise;
    return { client, server, [Symbol.asyncDispose]: () => reactor[Symbol.asyncDispose]() };
  } catch (error) {
    await reactor.stop();
    throw error;
  }
}
