/** The opening of a session: what a client says first, checked by hand so that the protocol needs no schema library. */
import { Refusal } from "./errors.ts";
import type { ReadingPlace } from "./event-pump.ts";
import { isRecord, type Params } from "./json-rpc.ts";
import { isUuid } from "./uuid.ts";

/** The version of the protocol that this code speaks. */
export const protocolVersion = 1;

/** A session is open this long after its connection was made, or the connection ends. */
export const openWithinMs = 10_000;

export interface Opening {
  readonly proto: readonly unknown[];
  /** UUID of the client: one per process or tab. A second connection of the same client ends the first. */
  readonly client: string;
  /** The program, in words, for the log. */
  readonly agent: string;
  readonly auth: Params;
  /** Where the client stopped reading, or null for a snapshot. */
  readonly resume: ReadingPlace | null;
  readonly want: { readonly events: boolean; readonly progress: boolean };
}

/** Throws a `Refusal` with `INVALID_PARAMS` that names the field. */
export function parseOpening(params: Params): Opening {
  const { proto, client, agent, auth = {}, resume = null, want = {} } = params;
  if (!Array.isArray(proto)) throw wrong("proto", "a list of versions");
  if (!isUuid(client)) throw wrong("client", "a UUID");
  if (typeof agent !== "string" || agent.length > 200)
    throw wrong("agent", "a string of at most 200 characters");
  if (!isRecord(auth)) throw wrong("auth", "an object");
  if (!isRecord(want)) throw wrong("want", "an object");
  return {
    proto,
    client,
    agent,
    auth,
    resume: resume === null ? null : parsePlace(resume),
    want: { events: want.events === true, progress: want.progress === true },
  };
}

/** A secret that both ends prove to have, and neither shows: what the client shows, and what the station must answer. */
export interface Proof {
  readonly auth: Params;
  /** The `proof` of the welcome of whoever has the secret. */
  readonly answer: string;
}

/** Proves, for the nonce of a greeting. */
export type Prove = (nonce: string) => Proof;

/** The nonce of a greeting and the one that a client makes: 32 random bytes in hex. */
export const noncePattern = /^[0-9a-f]{64}$/;

function parsePlace(resume: unknown): ReadingPlace {
  if (!isRecord(resume)) throw wrong("resume", "null or an object");
  const { epoch, since, head = null } = resume;
  if (typeof epoch !== "string") throw wrong("resume.epoch", "a string");
  if (typeof since !== "number" || !Number.isSafeInteger(since)) throw wrong("resume.since", "an integer");
  if (head !== null && typeof head !== "string") throw wrong("resume.head", "null or a string");
  return { epoch, since, head };
}

function wrong(field: string, expected: string): Refusal {
  return new Refusal("INVALID_PARAMS", `Cannot open the session: ${field} is not ${expected}`);
}
