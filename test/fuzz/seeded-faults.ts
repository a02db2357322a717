/** Faults that somebody might make in either end, one each: the fuzzer must find every one. */
import type { Channel, Receiver, Verdict } from "@trofie/commands";
import { MemoryJournal } from "@trofie/commands/testing";
import { BetweenReceiver, changedChannel } from "./between.ts";
import type { FuzzerOptions } from "./fuzzer.ts";

type Seeded = Pick<FuzzerOptions, "stationFault" | "clientFault">;

const isAnswer = (message: string): boolean => message.includes('"id"');
const isEvent = (message: string): boolean => message.includes('"method":"event"');

/** A fault in what a session sends. */
const sending =
  (send: Parameters<typeof changedChannel>[1]) =>
  (session: Receiver): Receiver =>
    new BetweenReceiver(session, (channel) => changedChannel(channel, send));

/** Holds a message back until the next one. */
function outOfOrder(session: Receiver): Receiver {
  let held: string | null = null;
  return sending((message, channel) => {
    const isHeld = held === null && isAnswer(message);
    if (!isHeld) channel.send(message);
    if (held !== null) channel.send(held);
    held = isHeld ? message : null;
  })(session);
}

/** Throws at a message that has this in it. */
const throwingAt =
  (part: string) =>
  (session: Receiver): Receiver => {
    const between = new BetweenReceiver(session);
    const pass = between.messageReceived.bind(between);
    between.messageReceived = (message) => {
      if (message.includes(part)) throw new TypeError(`it cannot read ${part}`);
      return pass(message);
    };
    return between;
  };

/** Gives each command that is sent another id, as often as it is sent. */
function renaming(): (session: Receiver) => Receiver {
  let sent = 0;
  return sending((message, channel) =>
    channel.send(message.replace(/(?<="cmd":".{35})./, () => String((sent += 1) % 10))),
  );
}

class Rejecting extends BetweenReceiver {
  override undecodableReceived(): void {
    void Promise.reject(new TypeError("nobody waits for this"));
    super.undecodableReceived();
  }
}

/** Ends every connection when one of them says nonsense. */
function panicking(): (session: Receiver) => Receiver {
  const channels = new Set<Channel>();
  return (session) => {
    const between = new BetweenReceiver(session, (channel) => {
      channels.add(channel);
      return channel;
    });
    between.undecodableReceived = () => {
      for (const channel of channels) channel.close();
    };
    return between;
  };
}

class Sleeping extends BetweenReceiver {
  override messageReceived(message: string): void | Promise<void> {
    return message.includes("job.resume") ? new Promise(() => {}) : super.messageReceived(message);
  }
}

class Merging extends BetweenReceiver {
  override messageReceived(message: string): void | Promise<void> {
    try {
      merge({}, JSON.parse(message) as object);
    } catch {
      // It is no JSON: the session says so.
    }
    return super.messageReceived(message);
  }
}

/** As a careless merge is written. */
function merge(into: Record<string, unknown>, from: object): void {
  for (const [key, value] of Object.entries(from))
    if (typeof value === "object" && value !== null)
      merge((into[key] ??= {}) as Record<string, unknown>, value as object);
    else into[key] = value;
}

class Mending extends BetweenReceiver {
  /** Takes what is not UTF-8 for something else. */
  override undecodableReceived(): void {
    void super.messageReceived('{"jsonrpc":"2.0","method":"ping"}');
  }
}

/** Believes that the next event it hears of is the next one. */
class Renumbering extends BetweenReceiver {
  #lastSeq = 0;

  override messageReceived(message: string): void | Promise<void> {
    const seq = /"snapshot.end","params":{"seq":(\d+)}/.exec(message) ?? /"since":(\d+)/.exec(message);
    if (seq) this.#lastSeq = Number(seq[1]);
    if (!isEvent(message)) return super.messageReceived(message);
    this.#lastSeq += 1;
    return super.messageReceived(message.replace(/"seq":\d+/, `"seq":${this.#lastSeq}`));
  }
}

class Careless extends BetweenReceiver {
  override tooLongReceived(): void {}
}

/** Forgets now and then that a command was there. */
class Forgetful extends MemoryJournal {
  override find(cmd: string) {
    return cmd.endsWith("0") ? undefined : super.find(cmd);
  }
}

/** Remembers what was accepted only. */
class Optimist extends MemoryJournal {
  override save(command: Parameters<MemoryJournal["save"]>[0], record: () => Verdict): void {
    super.save(command, record);
    if ("refused" in super.find(command.cmd)!.verdict) this.verdicts.delete(command.cmd);
  }
}

export const seededFaults: Readonly<Record<string, Seeded>> = {
  "a station answers twice": {
    stationFault: {
      between: sending((message, channel) => {
        channel.send(message);
        if (message.includes("DENIED")) channel.send(message);
      }),
    },
  },
  "a station drops an answer": {
    stationFault: {
      between: sending((message, channel) => {
        if (!message.includes("COMMAND_ID_REUSED")) channel.send(message);
      }),
    },
  },
  "a station answers out of order": { stationFault: { between: outOfOrder } },
  "a station answers another id": {
    stationFault: {
      between: sending((message, channel) => channel.send(message.replace('"id":3', '"id":"3"'))),
    },
  },
  "a station says that a refusal may be tried again": {
    stationFault: {
      between: sending((message, channel) =>
        channel.send(message.replace('"EPOCH_CHANGED","final":true', '"EPOCH_CHANGED","final":false')),
      ),
    },
  },
  "a station skips an event": {
    stationFault: {
      between: sending((message, channel) => {
        if (!isEvent(message) || !message.includes('"seq":2,')) channel.send(message);
      }),
    },
  },
  "a station leaks an exception": { stationFault: { between: throwingAt("\\u") } },
  "a station leaks a rejection": { stationFault: { between: (session) => new Rejecting(session) } },
  "a station never comes back from a request": {
    stationFault: { between: (session) => new Sleeping(session) },
  },
  "a station merges what it is told into every object": {
    stationFault: { between: (session) => new Merging(session) },
  },
  "a station understands what is no UTF-8": { stationFault: { between: (session) => new Mending(session) } },
  "a station does not mind lines that are too long": {
    stationFault: { between: (session) => new Careless(session) },
  },
  "a station ends everybody's connection for one": { stationFault: { between: panicking() } },
  "a station forgets commands": { stationFault: { journal: () => new Forgetful() } },
  "a station does not record refusals": { stationFault: { journal: () => new Optimist() } },
  "a station repeats an event": {
    stationFault: {
      between: sending((message, channel) => {
        channel.send(message);
        if (isEvent(message) && message.includes('"seq":2,')) channel.send(message);
      }),
    },
  },
  "a client gives a command a new id when it sends it again": { clientFault: { between: renaming() } },
  "a client sends another command under the same id": {
    clientFault: {
      between: sending((message, channel) =>
        channel.send(message.replace('"id":3,"method":"job.stop"', '"id":3,"method":"job.pause"')),
      ),
    },
  },
  "a client does not mind that an event is missing": {
    clientFault: { between: (session) => new Renumbering(session) },
  },
  "a client stumbles over an answer to no question": { clientFault: { between: throwingAt('"id":9999') } },
};
