import { Factory, type Reactor } from "@trofie/reactor";
import { OurCommands } from "./amp-commands.ts";
import { portNumber } from "./our-end.ts";
import { PeerConnection, type PeerSettings, type TwistedPeer } from "./peer.ts";

/** The two ends of a connection of AMP. */
export interface AmpEnds {
  readonly ours: OurCommands;
  readonly theirs: TheirCommands;
}

/** Our client of Twisted's server. */
export async function dialTwisted(
  reactor: Reactor,
  twisted: TwistedPeer,
  settings?: PeerSettings,
): Promise<AmpEnds> {
  const listener = await twisted.listen("Commands", "tcp:0:interface=127.0.0.1", settings);
  const ours = await reactor.connect(`tcp:${listener.port}`, Factory.forProtocol(OurCommands));
  const { number } = await listener.connection();
  return { ours, theirs: new TheirCommands(twisted, number) };
}

/** Twisted's client of our server, whose ends are made by `make`. */
export async function dialledByTwisted(
  reactor: Reactor,
  twisted: TwistedPeer,
  make: () => OurCommands = () => new OurCommands(),
): Promise<AmpEnds> {
  const ours = Promise.withResolvers<OurCommands>();
  const factory = new Factory<OurCommands>();
  factory.buildProtocol = () => {
    const made = make();
    ours.resolve(made);
    return made;
  };
  const port = await reactor.listen("tcp:0", factory);
  const { number } = await twisted.connect("Commands", `tcp:host=127.0.0.1:port=${portNumber(port)}`);
  return { ours: await ours.promise, theirs: new TheirCommands(twisted, number) };
}

/** Twisted's end; its values are text, as Python writes them. */
export class TheirCommands extends PeerConnection {
  readonly #peer: TwistedPeer;

  constructor(peer: TwistedPeer, number: number) {
    super(peer, number);
    this.#peer = peer;
  }

  /** Calls a command of ours. */
  async callRemote(command: string, values = "{}"): Promise<string> {
    return (await this.#peer.call("call_remote", this.number, command, values)) as string;
  }

  /** Calls `Gather` many times at once; gives the order of the answers: what was asked, what was answered. */
  async gather(): Promise<[asked: number, answered: number][]> {
    return (await this.#peer.call("gather_remote", this.number)) as [number, number][];
  }

  async callRemoteToSwitch(): Promise<void> {
    await this.#peer.call("switch_remote", this.number);
  }

  /** Asks us for TLS; our certificate must be signed by the authority in this file. */
  async callRemoteToStartTls(authorityPath: string): Promise<void> {
    await this.#peer.call("start_tls_remote", this.number, authorityPath);
  }
}
