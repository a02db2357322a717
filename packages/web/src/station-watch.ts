/** What the page knows of its station at this moment, as a store that React can read. */
import type { Client, ConnectionState, StationForgot } from "@trofie/commands";
import {
  Progress,
  viewOfSnapshot,
  withEvent,
  withProgress,
  type StationContract,
  type StationView,
} from "@trofie/contract";

export type StationClient = Client<StationContract>;

export type Connection =
  | Exclude<ConnectionState, { kind: "waiting" }>
  | { readonly kind: "waiting"; readonly retryAtMs: number; readonly reason: string }
  /** The station no longer knows this browser. The client goes on trying: a new link, opened anywhere in this
   * browser, lets it in again, with all that it still has to send. */
  | { readonly kind: "session-ended" };

export interface Watched {
  readonly connection: Connection;
  /** The station in words, once it has been heard. */
  readonly station: string | null;
  /** Null until the station has told its state. */
  readonly view: StationView | null;
  /** When the connection was lost, in milliseconds since 1970; null while connected. What is shown is of that moment. */
  readonly asOfMs: number | null;
  /** The station does not know what it once told this tab, until somebody has taken note of it. */
  readonly forgot: Forgotten | null;
}

export interface Forgotten {
  readonly how: StationForgot;
  /** When that was seen, in milliseconds since 1970. */
  readonly seenMs: number;
}

/** A station newer than this page may say more. */
const KnownProgress = Progress.strip();

export class StationWatch {
  readonly #isSessionOver: () => Promise<boolean>;
  readonly #listeners = new Set<() => void>();
  #watched: Watched = {
    connection: { kind: "connecting" },
    station: null,
    view: null,
    asOfMs: null,
    forgot: null,
  };

  /** `isSessionOver` is asked each time the client could not connect: a WebSocket does not say why it was refused. */
  constructor(client: StationClient, isSessionOver: () => Promise<boolean>) {
    this.#isSessionOver = isSessionOver;
    client.listen({
      connectionChanged: (state) => this.#connectionChanged(state),
      stationForgot: (how) => this.#change({ forgot: { how, seenMs: Date.now() } }),
      snapshotReceived: (items) => this.#change({ view: viewOfSnapshot(items) }),
      eventReceived: (row) => this.#viewChanged((view) => withEvent(view, row)),
      progressReceived: (progress) =>
        this.#viewChanged((view) => withProgress(view, KnownProgress.parse(progress))),
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read = (): Watched => this.#watched;

  /** Somebody has read that the station forgot. */
  readonly forgettingNoted = (): void => this.#change({ forgot: null });

  #connectionChanged(state: ConnectionState): void {
    if (state.kind === "connected")
      return this.#change({ connection: state, station: state.welcome.station, asOfMs: null });
    const asOfMs = this.#watched.asOfMs ?? Date.now();
    if (state.kind === "stopped") return this.#change({ connection: state, asOfMs });
    if (this.#watched.connection.kind === "session-ended") return;
    if (state.kind === "connecting") return this.#change({ connection: state, asOfMs });
    const { retryInMs, reason } = state;
    this.#change({ connection: { kind: "waiting", retryAtMs: Date.now() + retryInMs, reason }, asOfMs });
    void this.#checkSession();
  }

  async #checkSession(): Promise<void> {
    if (!(await this.#isSessionOver())) return;
    if (this.#watched.connection.kind !== "connected")
      this.#change({ connection: { kind: "session-ended" } });
  }

  #viewChanged(change: (view: StationView) => StationView): void {
    const { view } = this.#watched;
    if (view) this.#change({ view: change(view) });
  }

  #change(change: Partial<Watched>): void {
    this.#watched = { ...this.#watched, ...change };
    for (const listener of this.#listeners) listener();
  }
}
