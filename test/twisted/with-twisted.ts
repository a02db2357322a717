import { afterAll, beforeAll, describe } from "vitest";
import { Reactor } from "@trofie/reactor";
import { TwistedPeer } from "./peer.ts";
import { twistedVersion } from "./twisted-process.ts";

/** Both ends of a file's tests: there while its `withTwisted` runs. */
// oxlint-disable-next-line import/no-mutable-exports -- Made before the tests, and read by all of them.
export let twisted: TwistedPeer;
// oxlint-disable-next-line import/no-mutable-exports
export let reactor: Reactor;

/** Tests with a Twisted peer and a reactor of ours; skipped, saying why, where there is no Twisted. */
export function withTwisted(what: string, tests: () => void): void {
  describe.skipIf(!twistedVersion())(`${what} (skipped where there is no python3-twisted)`, () => {
    beforeAll(() => {
      twisted = new TwistedPeer();
      reactor = new Reactor();
    });

    afterAll(async () => {
      await reactor.stop({ deadlineMs: 1000 });
      await twisted[Symbol.asyncDispose]();
    });

    tests();
  });
}
