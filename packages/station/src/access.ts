/**
 * Who is let in.
 *
 * | door   | who                                                     | as       |
 * | ------ | ------------------------------------------------------- | -------- |
 * | unix   | whoever may open the socket: mode 0600 in a 0700 folder | admin    |
 * | token  | whoever proves to have the token of the state folder    | admin    |
 * | cookie | a browser that opened the one-time link                 | operator |
 *
 * There is no way in without one of these.
 */
import { createHash } from "node:crypto";
import type { Door } from "@trofie/commands";
import { answerToProof, newNonce } from "@trofie/commands/token-proof";
import type { Clock, Random } from "@trofie/reactor";
import type { Admissions } from "./admissions.ts";
import { newSecret } from "./secret.ts";

export const unixDoor: Door = {
  name: "unix",
  authenticate: () => ({ principal: "local", role: "admin" }),
};

/** On a port that every program of the machine can reach. The UNIX socket is for its owner alone, who is never kept out. */
const mostStrangers = 100;

/** For one connection: its nonce is of no use on another. */
export function tokenDoor(token: string, random: Random): Door {
  const nonce = newNonce(random);
  return {
    name: "token",
    nonce,
    mostUnopened: mostStrangers,
    authenticate: (shown) => {
      const proof = answerToProof(token, nonce, shown);
      return proof === null ? null : { principal: "token", role: "admin", proof };
    },
  };
}

/** The cookie was checked when the WebSocket was opened. */
export const cookieDoor: Door = {
  name: "cookie",
  authenticate: () => ({ principal: "page", role: "operator" }),
};

const ticketLifeMs = 60 * 60_000;

/** One-time links to the page, forgotten with the process, and the browsers that one let in, which are not. */
export class PageAccess {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #admissions: Admissions;
  #origin: string | null = null;
  readonly #tickets = new Map<string, number>();

  constructor(clock: Clock, random: Random, admissions: Admissions) {
    this.#clock = clock;
    this.#random = random;
    this.#admissions = admissions;
  }

  /** Told where the page is served. */
  servedAt(origin: string): void {
    this.#origin = origin;
  }

  /** A link that lets in once, within an hour; null when no page is served. */
  newLink(): string | null {
    if (this.#origin === null) return null;
    const ticket = newSecret(this.#random, 16);
    this.#forgetOld();
    this.#tickets.set(fingerprint(ticket), this.#clock.nowMs());
    return `${this.#origin}/enter/${ticket}`;
  }

  #forgetOld(): void {
    for (const [ticket, madeMs] of this.#tickets)
      if (this.#clock.nowMs() - madeMs > ticketLifeMs) this.#tickets.delete(ticket);
  }

  /** Takes the ticket and returns the secret of a browser let in; null when it is unknown, used or too old. */
  enter(ticket: string): string | null {
    const madeMs = this.#tickets.get(fingerprint(ticket));
    this.#tickets.delete(fingerprint(ticket));
    if (madeMs === undefined || this.#clock.nowMs() - madeMs > ticketLifeMs) return null;
    const secret = newSecret(this.#random, 16);
    this.#admissions.add(fingerprint(secret));
    return secret;
  }

  /** True for the secret of a browser that was let in and has not been away too long. */
  admits(secret: string | undefined): boolean {
    return secret !== undefined && this.#admissions.admits(fingerprint(secret));
  }
}

/** Secrets are looked up by their hash, so that the time a look-up takes tells nothing about them. */
function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
