import type { ConnectionState } from "@trofie/commands";
import { afterEach, expect, test, vi } from "vitest";
import { connectionInWords, lossOnStandardError } from "./connection-text.ts";

const connected = (epoch: string): ConnectionState => ({
  kind: "connected",
  welcome: { station: "here", role: "admin", epoch, seq: 1 },
  continues: false,
});
const waiting: ConnectionState = { kind: "waiting", retryInMs: 1, reason: "the connection was cut" };

function linesFor(states: readonly ConnectionState[]): string[] {
  const lines: string[] = [];
  const screen = {
    line: (text: string) => lines.push(text),
    status: () => {},
    hold: () => () => {},
    isTerminal: false,
  };
  const listener = connectionInWords(screen);
  for (const state of states) listener.connectionChanged?.(state);
  return lines;
}

test("a connection that goes and comes back is told once each", () => {
  expect(linesFor([connected("a"), waiting, waiting, connected("a")])).toEqual([
    "No connection: the connection was cut. Trying again…",
    "Connected again; nothing was missed.",
  ]);
});

test("whoever comes back to another journal is not told that nothing was missed", () => {
  const lines = linesFor([connected("a"), waiting, connected("b"), waiting, connected("b")]);
  expect(lines[1]).toBe("Connected again.");
  expect(lines.at(-1)).toBe("Connected again; nothing was missed.");
});

test("whoever comes back to a journal that has fewer events than were read is not told that nothing was missed", () => {
  const lines: string[] = [];
  const listener = connectionInWords({
    line: (text) => lines.push(text),
    status: () => {},
    hold: () => () => {},
    isTerminal: false,
  });
  listener.connectionChanged?.(connected("a"));
  listener.eventReceived?.({ seq: 7, at: "", type: "job.ended", job: null, body: {} });
  listener.connectionChanged?.(waiting);
  listener.connectionChanged?.(connected("a"));
  expect(lines.at(-1)).toBe("Connected again.");
});

afterEach(() => vi.restoreAllMocks());

test("a program that shows nothing else of its connection says once for each time that it is lost why it waits", () => {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const listener = lossOnStandardError();
  for (const state of [waiting, { kind: "connecting" } as const, waiting, connected("a"), waiting])
    listener.connectionChanged?.(state);
  const line = "Waiting: there is no connection: the connection was cut\n";
  expect(written.mock.calls.map(([text]) => text)).toEqual([line, line]);
});

test("the line that changes in place goes with the connection, for nothing moves that is known of", () => {
  const statuses: string[] = [];
  const listener = connectionInWords({
    line: () => {},
    status: (text) => statuses.push(text),
    hold: () => () => {},
    isTerminal: true,
  });
  for (const state of [connected("a"), waiting]) listener.connectionChanged?.(state);
  expect(statuses).toEqual([""]);
});
