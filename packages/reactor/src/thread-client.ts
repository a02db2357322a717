import { asError } from "./as-error.ts";
import { Factory } from "./factory.ts";
import type { LineOnlyReceiver } from "./line-only-receiver.ts";
import type { Handled } from "./protocol.ts";
import { Reactor } from "./reactor.ts";
import type { ThreadEvents } from "./thread-events.ts";
import type { ThreadOrder, ThreadTarget } from "./thread-messages.ts";

/** The factory that a `ReactorThread`'s protocol finds as `this.factory`, in the reactor's thread. */
export interface ThreadFactory {
  /** Hands a line to the other thread's `line` event. Return its promise, which holds the peer back. */
  update(line: string): Handled;
}

export type ThreadProtocol = LineOnlyReceiver<ThreadFactory>;

/** The connection that lines are sent to now. */
interface Present {
  readonly generation: number;
  readonly protocol: ThreadProtocol;
  /** Lines that the transport has and the operating system has not yet taken. */
  readonly sending: Set<number>;
}

/** The side of a `ReactorThread` that lives in the worker: one reactor, one connection at a time. */
export class ThreadClient {
  readonly #reactor = new Reactor();
  readonly #protocolClass: new () => ThreadProtocol;
  readonly #target: ThreadTarget;
  readonly #events: ThreadEvents;
  #attempt = new AbortController();
  #present: Present | undefined;

  constructor(protocolClass: new () => ThreadProtocol, target: ThreadTarget, events: ThreadEvents) {
    this.#protocolClass = protocolClass;
    this.#target = target;
    this.#events = events;
  }

  /** Leaves the present connection, if there is one, and makes a new one. */
  async connect(generation: number): Promise<void> {
    this.#attempt.abort();
    this.#attempt = new AbortController();
    void this.#present?.protocol.transport.loseConnection();
    this.#present = undefined;
    try {
      const protocol = await this.#dial(generation, this.#attempt.signal);
      await this.#stayConnected({ generation, protocol, sending: new Set() });
    } catch (error) {
      this.#events.add({ kind: "failed", generation, error: asError(error) });
    }
  }

  /** Answers `sent` when the operating system has taken the line, `unsent` when it never will. */
  send({ id, generation, line }: Extract<ThreadOrder, { kind: "send" }>): void {
    const present = this.#present;
    if (!present || present.generation !== generation || present.protocol.transport.disconnecting) {
      return this.#events.add({ kind: "unsent", id, why: "there is no connection" });
    }
    try {
      present.protocol.sendLine(line);
    } catch (error) {
      return this.#events.add({ kind: "unsent", id, why: asError(error).message });
    }
    present.sending.add(id);
    present.protocol.transport.onDrain(() => {
      if (present.sending.delete(id)) this.#events.add({ kind: "sent", id });
    });
  }

  async stop(deadlineMs: number): Promise<void> {
    await this.#reactor.stop({ deadlineMs });
  }

  async #stayConnected(present: Present): Promise<void> {
    const { generation, protocol, sending } = present;
    this.#present = present;
    this.#events.add({ kind: "connected", generation });
    const reason = await protocol.transport.closed;
    if (this.#present === present) this.#present = undefined;
    for (const id of sending) {
      this.#events.add({ kind: "unsent", id, why: "the connection was lost before the line had left" });
    }
    this.#events.add({ kind: "lost", generation, reason });
  }

  async #dial(generation: number, signal: AbortSignal): Promise<ThreadProtocol> {
    const factory = new LinesOut(this.#protocolClass, (line) => this.#events.addLine(generation, line));
    const target = this.#target;
    if ("endpoint" in target) return this.#reactor.connect(target.endpoint, factory, { signal });
    return this.#reactor.connectTCP(target.host, target.port, factory, { signal });
  }
}

class LinesOut extends Factory<ThreadProtocol> implements ThreadFactory {
  readonly update: (line: string) => Handled;

  constructor(protocol: new () => ThreadProtocol, update: (line: string) => Handled) {
    super();
    this.protocol = protocol;
    this.update = update;
  }
}
