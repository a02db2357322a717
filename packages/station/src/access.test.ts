import type { Door, Proof } from "@trofie/commands";
import { proveToken } from "@trofie/commands/token-proof";
import { seededRandom, VirtualClock } from "@trofie/reactor/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PageAccess, tokenDoor } from "./access.ts";
import { Admissions } from "./admissions.ts";
import { Journal } from "./journal.ts";
import { MemoryMedium } from "./testing/memory-store.ts";

const minuteMs = 60_000;

let clock: VirtualClock;
let journal: Journal;
let access: PageAccess;

beforeEach(() => {
  clock = new VirtualClock();
  journal = new Journal(new MemoryMedium(seededRandom(1)).open(), clock);
  access = newAccess();
  access.servedAt("http://127.0.0.1:7118");
});

afterEach(() => journal.close());

/** As a station has it that has just started. */
const newAccess = (): PageAccess => new PageAccess(clock, seededRandom(1), new Admissions(journal, clock));

/** What stands at the end of a new link. */
const newTicket = (): string =>
  /^http:\/\/127\.0\.0\.1:7118\/enter\/([\w-]{22})$/.exec(access.newLink()!)![1]!;

describe("a link to the page", () => {
  test("is not given out where no page is served", () => {
    expect(newAccess().newLink()).toBeNull();
  });

  test("lets in once", () => {
    const ticket = newTicket();
    expect(access.admits(access.enter(ticket)!)).toBe(true);
    expect(access.enter(ticket)).toBeNull();
  });

  test("lets nobody in after an hour", async () => {
    const ticket = newTicket();
    await clock.advance(61 * minuteMs);
    expect(access.enter(ticket)).toBeNull();
  });

  test("that was never given out lets nobody in", () => {
    expect(access.enter("guess")).toBeNull();
    expect(access.enter("")).toBeNull();
    expect(access.admits(undefined)).toBe(false);
    expect(access.admits("guess")).toBe(false);
  });

  test("is not the session's secret", () => {
    const ticket = newTicket();
    access.enter(ticket);
    expect(access.admits(ticket)).toBe(false);
  });
});

describe("a browser's session", () => {
  const open = (): string => access.enter(newTicket())!;

  test("ends after 30 idle minutes", async () => {
    const session = open();
    await clock.advance(29 * minuteMs);
    expect(access.admits(session)).toBe(true);
    await clock.advance(29 * minuteMs);
    expect(access.admits(session)).toBe(true);
    await clock.advance(31 * minuteMs);
    expect(access.admits(session)).toBe(false);
  });

  test("ends after 12 hours, however busy it is", async () => {
    const session = open();
    for (let hours = 0; hours < 24; hours += 0.25) {
      expect([hours, access.admits(session)]).toEqual([hours, hours <= 12]);
      await clock.advance(15 * minuteMs);
    }
  });

  test("goes on when the station has started again, and no secret stands in its journal", async () => {
    const session = open();
    await clock.advance(10 * minuteMs);
    const restarted = newAccess();
    expect([restarted.admits(session), restarted.admits("guess")]).toEqual([true, false]);
    expect(JSON.stringify(journal.admissions())).not.toContain(session);
    await clock.advance(31 * minuteMs);
    expect(newAccess().admits(session)).toBe(false);
  });

  test("does not become longer when the machine's clock is set back", async () => {
    const session = open();
    clock = new VirtualClock(0);
    expect(newAccess().admits(session)).toBe(false);
  });

  test("ends when 25 newer ones have been opened", () => {
    const first = open();
    const second = open();
    for (let i = 0; i < 24; i += 1) open();
    expect([access.admits(first), access.admits(second)]).toEqual([false, true]);
  });
});

describe("the TCP port", () => {
  const doorOf = (token: string): Door => tokenDoor(token, seededRandom(1));
  const prove = (token: string, nonce: string): Proof => proveToken(token, seededRandom(2))(nonce);

  test("lets in whoever proves to have the token, and proves that it has it too", () => {
    const door = doorOf("secret");
    const { auth, answer } = prove("secret", door.nonce!);
    expect(door.authenticate(auth)).toEqual({ principal: "token", role: "admin", proof: answer });
    expect(JSON.stringify([auth, answer])).not.toContain("secret");
  });

  test.each(["secreT", "secret1", ""])("does not let in whoever has the token %j", (token) => {
    const door = doorOf("secret");
    expect(door.authenticate(prove(token, door.nonce!).auth)).toBeNull();
  });

  test("does not let in whoever shows what was shown on another connection, or what a station answers", () => {
    const random = seededRandom(1);
    const [first, second] = [tokenDoor("secret", random), tokenDoor("secret", random)];
    const { auth, answer } = prove("secret", first.nonce!);
    expect(second.authenticate(auth)).toBeNull();
    expect(first.authenticate({ ...auth, proof: answer })).toBeNull();
  });

  test.each([
    {},
    { token: "secret" },
    { nonce: 7, proof: 7 },
    { nonce: "", proof: "" },
    { nonce: "0".repeat(64), proof: "é".repeat(64) },
    { nonce: "0".repeat(63), proof: "0".repeat(64) },
  ])("does not let in whoever shows %j", (shown) => {
    expect(doorOf("secret").authenticate(shown)).toBeNull();
  });

  test("of a station whose token file is empty lets nobody in", () => {
    const door = doorOf("");
    expect(door.authenticate(prove("", door.nonce!).auth)).toBeNull();
  });
});
