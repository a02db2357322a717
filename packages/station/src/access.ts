/**
 * Who is let in.
 *
 * | door   | who                                                     | as       |
 * | ------ | ------------------------------------------------------- | -------- |
 * | unix   | whoever may open the socket: mode 0600 in a 0700 folder | admin    |
 * | token  | whoever shows the token kept in the state folder        | admin    |
 * | cookie | a browser that opened the one-time link                 | operator |
 *
 * There is no way in without one of these.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Door } from "@trofie/commands";
import type { Clock } from "@trofie/reactor";

export const unixDoor: Door = {
  name: "unix",
  authenticate: () => ({ principal: "local", role: "admin" }),
};

export function tokenDoor(token: string): Door {
  return {
    name: "token",
    authenticate: ({ token: shown }) =>
      typeof shown === "string" && token !== "" && isSameSecret(shown, token)
        ? { principal: "token", role: "admin" }
        : null,
  };
}

/** The cookie was checked when the WebSocket was opened. */
export const cookieDoor: Door = {
  name: "cookie",
  authenticate: () => ({ principal: "page", role: "operator" }),
};

const ticketLifeMs = 60 * 60_000;
const idleLifeMs = 30 * 60_000;
const absoluteLifeMs = 12 * 60 * 60_000;
const maxSessions = 25;

interface PageSession {
  readonly openedMs: number;
  lastSeenMs: number;
}

/** One-time links to the page, and the sessions of browsers that opened one. Both are forgotten with the process. */
export class PageAccess {
  readonly #clock: Clock;
  readonly #tickets = new Map<string, number>();
  readonly #sessions = new Map<string, PageSession>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A secret for one link: 128 bits, good for one hour and one use. */
  newTicket(): string {
    const ticket = randomBytes(16).toString("base64url");
    this.#tickets.set(fingerprint(ticket), this.#clock.nowMs());
    return ticket;
  }

  /** Takes the ticket and returns a new session's secret; null when it is unknown, used or too old. */
  enter(ticket: string): string | null {
    const madeMs = this.#tickets.get(fingerprint(ticket));
    this.#tickets.delete(fingerprint(ticket));
    const nowMs = this.#clock.nowMs();
    if (madeMs === undefined || nowMs - madeMs > ticketLifeMs) return null;
    this.#forgetOldest();
    const secret = randomBytes(16).toString("base64url");
    this.#sessions.set(fingerprint(secret), { openedMs: nowMs, lastSeenMs: nowMs });
    return secret;
  }

  /** True for the secret of a session that is not idle for 30 minutes nor older than 12 hours. */
  admits(secret: string | undefined): boolean {
    const session = secret === undefined ? undefined : this.#sessions.get(fingerprint(secret));
    if (!session) return false;
    const nowMs = this.#clock.nowMs();
    if (nowMs - session.lastSeenMs > idleLifeMs || nowMs - session.openedMs > absoluteLifeMs) return false;
    session.lastSeenMs = nowMs;
    return true;
  }

  #forgetOldest(): void {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= maxSessions && oldest !== undefined) this.#sessions.delete(oldest);
  }
}

/** Secrets are looked up by their hash, so that the time a look-up takes tells nothing about them. */
function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}
