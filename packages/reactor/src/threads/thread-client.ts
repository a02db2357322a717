import { NotConnectedError } from "../errors.ts";
import { Factory } from "../factory.ts";
import type { Handled, Protocol } from "../protocol.ts";
import { Reactor } from "../reactor.ts";
import { toThreadError } from "./thread-error.ts";
import type { ThreadEvents } from "./thread-events.ts";
import type { CallEnd, ThreadCall, ThreadOrder, ThreadTarget } from "./thread-messages.ts";

/** The factory that a `ReactorThread`'s protocol finds as `this.factory`, in the reactor's thread. */
export interface ThreadFactory {
  /**
   * Hands a line to the other thread's `line` event. Return its promise from the handler: it holds the peer back while
   * too much is unread there. Not returned, what is unread waits in memory.
   */
  update(line: string): Handled;

  /** Hands a value, which is copied, to the other thread's `told` event. Return its promise, too. */
  tell(value: unknown): Handled;
}

/** Any protocol; `send` needs one with lines. */
export type ThreadProtocol = Protocol<ThreadFactory> & { sendLine?(line: string): void };

/** The connection that lines are sent to now. */
interface Present {
  readonly generation: number;
  readonly protocol: ThreadProtocol;
  /** Lines that the transport has and the operating system has not yet taken. */
  sending: number[];
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
      await this.#stayConnected({ generation, protocol, sending: [] });
    } catch (error) {
      this.#events.add({ kind: "failed", generation, error: toThreadError(error) });
    }
  }

  /** Answers `sent` when the operating system has taken a line, `unsent` when it never will. */
  send({ firstId, generation, lines }: Extract<ThreadOrder, { kind: "send" }>): void {
    for (const [index, line] of lines.entries()) this.#sendOne(firstId + index, generation, line);
  }

  /** Calls a method of the present connection's protocol. Never rejects. */
  async call({ generation, method, args }: ThreadCall): Promise<CallEnd> {
    try {
      const { protocol } = this.#presentOf(generation);
      const found: unknown = Reflect.get(protocol, method);
      if (typeof found !== "function")
        throw new TypeError(`Cannot call ${method}: the protocol has no such method`);
      return { kind: "returned", value: await Reflect.apply(found, protocol, args) };
    } catch (error) {
      return { kind: "threw", error: toThreadError(error) };
    }
  }

  async stop(deadlineMs: number): Promise<void> {
    await this.#reactor.stop({ deadlineMs });
  }

  #sendOne(id: number, generation: number, line: string): void {
    try {
      const present = this.#presentOf(generation);
      if (!present.protocol.sendLine) throw new TypeError("Cannot send: the protocol has no lines");
      present.protocol.sendLine(line);
      present.sending.push(id);
      if (present.sending.length === 1) present.protocol.transport.onDrain(() => this.#allSent(present));
    } catch (error) {
      this.#events.add({ kind: "unsent", id, error: toThreadError(error) });
    }
  }

  /** When the transport is drained, all that it was given has been taken, also what it was given last. */
  #allSent(present: Present): void {
    this.#events.add({ kind: "sent", ids: present.sending });
    present.sending = [];
  }

  #presentOf(generation: number): Present {
    const present = this.#present;
    if (present?.generation === generation && !present.protocol.transport.disconnecting) return present;
    throw new NotConnectedError("there is no connection");
  }

  async #stayConnected(present: Present): Promise<void> {
    const { generation, protocol } = present;
    this.#present = present;
    this.#events.add({ kind: "connected", generation });
    const reason = await protocol.transport.closed;
    if (this.#present === present) this.#present = undefined;
    const error = toThreadError(new NotConnectedError("the connection was lost before the line had left"));
    for (const id of present.sending) this.#events.add({ kind: "unsent", id, error });
    this.#events.add({ kind: "lost", generation, reason });
  }

  async #dial(generation: number, signal: AbortSignal): Promise<ThreadProtocol> {
    const factory = new EventsOut(this.#protocolClass, this.#events, generation);
    const target = this.#target;
    if ("endpoint" in target) return this.#reactor.connect(target.endpoint, factory, { signal });
    return this.#reactor.connectTCP(target.host, target.port, factory, { signal });
  }
}

class EventsOut extends Factory<ThreadProtocol> implements ThreadFactory {
  readonly #events: ThreadEvents;
  readonly #generation: number;

  constructor(protocol: new () => ThreadProtocol, events: ThreadEvents, generation: number) {
    super();
    this.protocol = protocol;
    this.#events = events;
    this.#generation = generation;
  }

  update(line: string): Handled {
    return this.#events.addLine(this.#generation, line);
  }

  tell(value: unknown): Handled {
    return this.#events.addValue(this.#generation, value);
  }
}
