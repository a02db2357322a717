/** Who keeps a connection comes back after a reset, a clean end and an outage: Twisted's to us, and ours to Twisted. */
import { ClientService, type ClientState } from "@trofie/reactor/client-service";
import { describe, expect, it } from "vitest";
import { portNumber, TalkerFactory, type OurConnection } from "./our-end.ts";
import { type PeerConnection, type PeerListener } from "./peer.ts";
import { Queue } from "./queue.ts";
import type { Talker } from "./receivers.ts";
import { reactor, twisted, withTwisted } from "./with-twisted.ts";

/** A line goes each way. */
async function talk(ours: OurConnection, theirs: PeerConnection): Promise<void> {
  ours.protocol.send("say hello");
  expect(await theirs.events.next()).toEqual(["line", "say hello"]);
  expect(await ours.events.next()).toEqual(["line", "hello"]);
}

/** How Twisted keeps a connection to a port, and how it stops. */
const keepers: Record<
  string,
  (port: number) => Promise<{ client: PeerListener; stop: () => Promise<void> }>
> = {
  async ClientService(port) {
    const client = await twisted.keepConnected("LineReceiver", `tcp:host=127.0.0.1:port=${port}`);
    return { client, stop: () => client.stayAway() };
  },

  async ReconnectingClientFactory(port) {
    const client = await twisted.reconnect("LineReceiver", port);
    return { client, stop: () => client.stopTrying() };
  },
};

/** Our client service on a port of Twisted's, with its states as they come. */
function keepConnected(port: number) {
  const factory = new TalkerFactory("LineReceiver");
  const states = new Queue<ClientState>();
  const service = new ClientService<Talker>({
    connect: (signal) => reactor.connect(`tcp:${port}`, factory, { signal }),
    closed: ({ transport }) => transport.closed,
    close: ({ transport }) => transport.loseConnection(),
    policy: () => 20,
    onState: (state) => states.push(state),
  });
  service.start();
  return { factory, service, states };
}

async function untilState(states: Queue<ClientState>, wanted: ClientState["state"]): Promise<ClientState> {
  let state = await states.next();
  while (state.state !== wanted) state = await states.next();
  return state;
}

withTwisted("reconnecting", () => {
  describe.each(Object.entries(keepers))("Twisted's %s", (_, keep) => {
    it("comes back after we reset the connection", async () => {
      const factory = new TalkerFactory("LineReceiver");
      const port = await reactor.listen("tcp:0", factory);
      const { client, stop } = await keep(portNumber(port));
      const first = await factory.connections.next();
      const theirFirst = await client.connection();
      await talk(first, theirFirst);
      first.protocol.transport.abortConnection();
      expect(await theirFirst.events.next()).toEqual(["lost", "ConnectionLost"]);
      await talk(await factory.connections.next(), await client.connection());
      await stop();
    });

    it("comes back after we end the connection in good order", async () => {
      const factory = new TalkerFactory("LineReceiver");
      const port = await reactor.listen("tcp:0", factory);
      const { client, stop } = await keep(portNumber(port));
      const first = await factory.connections.next();
      const theirFirst = await client.connection();
      await first.protocol.transport.loseConnection();
      expect(await theirFirst.events.next()).toEqual(["lost", "ConnectionDone"]);
      await talk(await factory.connections.next(), await client.connection());
      await stop();
    });

    it("comes back after an outage", async () => {
      const factory = new TalkerFactory("LineReceiver");
      const port = await reactor.listen("tcp:0", factory);
      const { client, stop } = await keep(portNumber(port));
      const first = await factory.connections.next();
      await client.connection();
      await port.stopListening();
      first.protocol.transport.abortConnection();
      for (let failures = 0; failures < 3; failures++) await client.until("failed");
      await reactor.listen(`tcp:${portNumber(port)}`, factory);
      await talk(await factory.connections.next(), await client.connection());
      await stop();
    });

    it("leaves in good order and does not come back when it is stopped", async () => {
      const factory = new TalkerFactory("LineReceiver");
      const port = await reactor.listen("tcp:0", factory);
      const { client, stop } = await keep(portNumber(port));
      const first = await factory.connections.next();
      const theirs = await client.connection();
      await stop();
      await theirs.close();
      expect(await first.events.next()).toEqual(["lost", "done"]);
    });
  });

  describe("our ClientService", () => {
    it("comes back after Twisted reset the connection", async () => {
      const listener = await twisted.listen("LineReceiver", "tcp:0:interface=127.0.0.1");
      const { factory, service, states } = keepConnected(listener.port);
      const [first, theirFirst] = [await factory.connections.next(), await listener.connection()];
      await talk(first, theirFirst);
      await theirFirst.abort();
      expect(await first.events.next()).toEqual(["lost", "lost"]);
      await talk(await factory.connections.next(), await listener.connection());
      expect((await untilState(states, "waiting")).retryInMs).toBe(20);
      await service.stop();
    });

    it("comes back after Twisted ended the connection in good order", async () => {
      const listener = await twisted.listen("LineReceiver", "tcp:0:interface=127.0.0.1");
      const { factory, service } = keepConnected(listener.port);
      const [first, theirFirst] = [await factory.connections.next(), await listener.connection()];
      await theirFirst.close();
      expect(await first.events.next()).toEqual(["lost", "done"]);
      await talk(await factory.connections.next(), await listener.connection());
      await service.stop();
    });

    it("comes back after an outage", async () => {
      const listener = await twisted.listen("LineReceiver", "tcp:0:interface=127.0.0.1");
      const { factory, service, states } = keepConnected(listener.port);
      await factory.connections.next();
      const theirFirst = await listener.connection();
      await listener.close();
      await theirFirst.abort();
      for (let failures = 0; failures < 3; failures++) await untilState(states, "waiting");
      const again = await twisted.listen("LineReceiver", `tcp:${listener.port}:interface=127.0.0.1`);
      await talk(await factory.connections.next(), await again.connection());
      await service.stop();
    });

    it("leaves in good order when it is stopped", async () => {
      const listener = await twisted.listen("LineReceiver", "tcp:0:interface=127.0.0.1");
      const { service } = keepConnected(listener.port);
      await service.whenConnected();
      await service.stop();
      expect(await (await listener.connection()).events.next()).toEqual(["lost", "ConnectionDone"]);
    });
  });
});
