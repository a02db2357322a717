/** What a client may say: lines by the rules of docs/protocol.md, some of them spoilt. */
import type { Contract } from "@trofie/commands";
import { stationContract } from "@trofie/contract";
import type { Chance } from "./chance.ts";
import { bystanderCommands, epochOfFuzz, headOfFuzz } from "./known.ts";
import { lineOf, type Message } from "./message.ts";
import { oddLines } from "./odd-values.ts";
import { sampleParams } from "./sample-params.ts";

const methods: Contract["methods"] = stationContract.methods;
const methodNames = Object.keys(methods) as (keyof typeof sampleParams)[];

/** One client's talk: it remembers what it said, to say it again. */
export class Talk {
  readonly #chance: Chance;
  readonly #commands: Message[] = [];
  readonly #client: string;
  #lastId = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
    this.#client = chance.uuid(4);
  }

  opening(spoils: number): string {
    const chance = this.#chance;
    const params = {
      proto: chance.weighed<unknown>([
        [20, [1]],
        [1, [2, 1]],
        [1, [2]],
      ]),
      client: this.#client,
      agent: "fuzz",
      auth: {
        token: chance.weighed<string>([
          [20, "admin"],
          [3, "operator"],
          [2, "viewer"],
          [1, "wrong"],
        ]),
      },
      resume: this.#place(),
      want: { events: chance.oneIn(2), progress: chance.oneIn(2) },
    };
    return this.#request("session.open", params, spoils);
  }

  #place(): unknown {
    const chance = this.#chance;
    const since = chance.below(chance.oneIn(3) ? 100 : 4);
    return chance.weighed<unknown>([
      [4, null],
      [2, { epoch: epochOfFuzz, since }],
      [2, { epoch: epochOfFuzz, since, head: headOfFuzz(since) }],
      [1, { epoch: epochOfFuzz, since, head: "another" }],
      [1, { epoch: epochOfFuzz, since: -1, head: null }],
      [1, { epoch: "another", since: 1, head: null }],
    ]);
  }

  line(spoils: number): string {
    const chance = this.#chance;
    return chance.weighed<() => string>([
      [10, () => this.#call(spoils)],
      [5, () => this.#again(spoils)],
      [4, () => lineOf({ jsonrpc: "2.0", method: "ping", params: {} }, chance, spoils)],
      [1, () => this.#other(spoils)],
      [1, () => this.#request(...chance.pick(bystanderCommands), spoils)],
      [1, () => chance.pick(oddLines)],
      [1, () => this.opening(spoils)],
    ])();
  }

  #call(spoils: number): string {
    const chance = this.#chance;
    const method = chance.pick(methodNames);
    const params: Message = { ...sampleParams[method](chance) };
    if (methods[method]!.kind !== "query") {
      params.cmd = chance.uuid(7);
      params.epoch = chance.oneIn(20) ? "another" : epochOfFuzz;
      this.#commands.push({ method, params });
    }
    return this.#request(method, params, spoils);
  }

  /** A command that was given before: the same, or another one under the same id. */
  #again(spoils: number): string {
    const chance = this.#chance;
    if (this.#commands.length === 0) return this.#call(spoils);
    const { method, params } = chance.pick(this.#commands) as { method: string; params: Message };
    if (chance.oneIn(4)) {
      const other = chance.pick(methodNames);
      return this.#request(other, { ...sampleParams[other](chance), ...pickIds(params) }, spoils);
    }
    const turned = chance.oneIn(3) ? Object.fromEntries(Object.entries(params).toReversed()) : params;
    return this.#request(method, turned, spoils);
  }

  #other(spoils: number): string {
    const chance = this.#chance;
    const method = chance.pick([
      "pong",
      "goodbye",
      "event",
      "disk.explode",
      "constructor",
      "__proto__",
      "session.close",
    ]);
    if (chance.oneIn(2)) return this.#request(method, {}, spoils);
    return lineOf({ jsonrpc: "2.0", method, params: {} }, chance, spoils);
  }

  #request(method: string, params: object, spoils: number): string {
    const chance = this.#chance;
    const id = chance.weighed<unknown>([
      [8, (this.#lastId += 1)],
      [1, "a name"],
      [1, this.#lastId],
    ]);
    return lineOf(
      { jsonrpc: "2.0", id, method, params: spoils === 0 ? params : copyOf(params) },
      chance,
      spoils,
    );
  }
}

const pickIds = ({ cmd, epoch }: Message): Message => ({ cmd, epoch });

/** Much faster than `structuredClone`, and what is said is JSON anyway. */
const copyOf = (params: object): Message => JSON.parse(JSON.stringify(params)) as Message;
