/** A station on a real socket whose commands only count: how often each took effect is all that it knows. */
import { CommandServer, type Door } from "@trofie/commands";
import { MessageLinesFactory } from "@trofie/commands/lines";
import { MemoryJournal } from "@trofie/commands/testing";
import { errorCodes, stationContract, type StationContract } from "@trofie/contract";
import { Reactor, type Clock } from "@trofie/reactor";
import type { Place } from "./chaos-proxy.ts";

const door: Door = { name: "test", authenticate: () => ({ principal: "test", role: "admin" }) };

export class CountingStation implements AsyncDisposable {
  readonly journal = new MemoryJournal();
  readonly mistakes: unknown[] = [];
  /** What took effect, in order: of each command the name that it was given. */
  readonly effects: string[] = [];
  readonly #server: CommandServer<StationContract>;
  readonly #reactor: Reactor;

  private constructor(clock: Clock) {
    this.#reactor = new Reactor({ clock });
    const { methods } = stationContract;
    const names = Object.keys(methods) as (keyof typeof methods)[];
    this.#server = new CommandServer<StationContract>({
      station: "counting",
      contract: stationContract,
      // Every method is answered alike: a query at once, anything else by a decision.
      handlers: Object.fromEntries(
        names.map((name) => [name, methods[name].kind === "query" ? () => ({}) : this.#decide(name)]),
      ) as never,
      codes: errorCodes,
      log: this.journal,
      verdicts: this.journal,
      clock,
      digest: (method, params) => JSON.stringify([method, params]),
      onInternalError: (error) => this.mistakes.push(error),
    });
    this.journal.onCommit = () => this.#server.eventsCommitted();
  }

  static async start(at: Place, clock: Clock): Promise<{ station: CountingStation; place: Place }> {
    const station = new CountingStation(clock);
    const endpoint = "port" in at ? `tcp:${at.port}` : `unix:${at.path}`;
    const factory = new MessageLinesFactory(() => station.#server.accept(door));
    const { address } = await station.#reactor.listen(endpoint, factory);
    return { station, place: address.kind === "tcp" ? { port: address.port } : at };
  }

  /** Something that everybody sees and nobody asked for. */
  progress(job: string, step: number): void {
    this.#server.progress(job, { job, step });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close("closing");
    await this.#reactor.stop({ deadlineMs: 1_000 });
  }

  /** A job has ended as soon as it is accepted. */
  #decide(name: string): (input: { readonly job?: string; readonly path?: string }) => object {
    return ({ job: given, path }) => ({
      record: () => {
        this.effects.push(given ?? path!);
        const job = `j_${this.effects.length}`;
        const item = { id: job, of: name, effect: given ?? path };
        this.journal.append("job.accepted", job, item);
        this.journal.append("job.ended", job, item);
        this.journal.items.push({ kind: "job", id: job, ended: true, item });
        return { job };
      },
    });
  }
}
