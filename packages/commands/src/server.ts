/** Serves a contract on any number of channels. */
import type { Clock } from "@trofie/reactor";
import type { Contract } from "./contract.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { ErrorCode } from "./errors.ts";
import type { EventLog, VerdictStore } from "./event-log.ts";
import { EventReader } from "./event-reader.ts";
import type { Handlers } from "./handlers.ts";
import { encodeNotification } from "./json-rpc.ts";
import { ServerSession, type Door, type Doubt, type GoodbyeReason } from "./server-session.ts";

export interface CommandServerOptions<C extends Contract> {
  /** The station's name, for the greeting. */
  readonly station: string;
  readonly contract: C;
  readonly handlers: Handlers<C>;
  readonly codes: Readonly<Record<string, ErrorCode>>;
  readonly log: EventLog;
  readonly verdicts: VerdictStore;
  readonly clock: Clock;
  readonly digest: (method: string, params: unknown) => string;
  readonly onInternalError: (error: unknown, method: string) => void;
  /** Told of each client whose place in the journal cannot be: the journal is not what it was. */
  readonly doubted?: (doubt: Doubt) => void;
  /** Told of everybody who was not let in. */
  readonly notAdmitted?: (door: string, agent: string) => void;
}

/** The station's side of a contract: sessions come and go, the journal and the handlers stay. */
export class CommandServer<C extends Contract> {
  readonly #options: CommandServerOptions<C>;
  readonly #dispatcher: Dispatcher;
  readonly #events: EventReader;
  readonly #sessions = new Set<ServerSession>();

  constructor(options: CommandServerOptions<C>) {
    this.#options = options;
    this.#dispatcher = new Dispatcher({ ...options, epoch: options.log.epoch });
    this.#events = new EventReader(options.log);
  }

  /** How many connections there are, those that are ending included. */
  get connections(): number {
    return this.#sessions.size;
  }

  /** The receiving half for a new connection that came through `door`. */
  accept(door: Door): ServerSession {
    const session = new ServerSession({
      ...this.#options,
      door,
      dispatcher: this.#dispatcher,
      events: this.#events,
      opened: (opened) => this.#replaceOlder(opened),
      lost: (lost) => this.#sessions.delete(lost),
    });
    const { mostUnopened } = door;
    session.isOneTooMany = mostUnopened !== undefined && this.#unopened(door.name) >= mostUnopened;
    this.#sessions.add(session);
    return session;
  }

  /** Call after each commit to the journal. */
  eventsCommitted(): void {
    for (const session of this.#sessions) session.eventsCommitted();
  }

  /** Shows progress to whoever watches. */
  progress(job: string, progress: object): void {
    const message = encodeNotification("progress", progress);
    for (const session of this.#sessions) session.progress(job, message);
  }

  /** Says goodbye to everybody, and carries out no command any more. */
  close(reason: GoodbyeReason): void {
    this.#dispatcher.close();
    for (const session of this.#sessions) session.goodbye(reason);
  }

  #unopened(door: string): number {
    return [...this.#sessions].filter(({ standsInDoor }) => standsInDoor === door).length;
  }

  /** A client that opens again has lost its older connection, whatever the network still delivers of it. Its id is no secret. */
  #replaceOlder(opened: ServerSession): void {
    const { client, principal } = opened;
    for (const session of this.#sessions)
      if (session !== opened && session.client === client && session.principal === principal)
        session.goodbye("replaced");
  }
}
