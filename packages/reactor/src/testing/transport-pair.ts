import { addressText } from "../address.ts";
import { Factory } from "../factory.ts";
import { Reactor, type ReactorOptions } from "../reactor.ts";
import { Recorder } from "./recorder.ts";

/** Two recorders that are connected to each other. */
export interface TransportPair extends AsyncDisposable {
  readonly client: Recorder;
  readonly server: Recorder;
}

/** Listens at the endpoint, connects to it, and gives both ends. */
export async function transportPair(endpoint: string, options?: ReactorOptions): Promise<TransportPair> {
  const reactor = new Reactor(options);
  const accepted = Promise.withResolvers<Recorder>();
  const factory = new Factory<Recorder>();
  factory.buildProtocol = () => {
    const server = new Recorder();
    accepted.resolve(server);
    return server;
  };
  const port = await reactor.listen(endpoint, factory);
  const where = port.address.kind === "tcp" ? `tcp://${addressText(port.address)}` : endpoint;
  const client = await reactor.connect(where, Factory.forProtocol(Recorder));
  const server = await accepted.promise;
  return { client, server, [Symbol.asyncDispose]: () => reactor[Symbol.asyncDispose]() };
}
