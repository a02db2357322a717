import type { ConnectionState } from "@trofie/commands";
import { expect, test } from "vitest";
import { connectionInWords } from "./connection-text.ts";

const connected = (epoch: string): ConnectionState => ({
  kind: "connected",
  welcome: { station: "here", role: "admin", epoch, seq: 1 },
  continues: false,
});
const waiting: ConnectionState = { kind: "waiting", retryInMs: 1, reason: "the connection was cut" };

function linesFor(states: readonly ConnectionState[]): string[] {
  const lines: string[] = [];
  const screen = { line: (text: string) => lines.push(text), status: () => {}, isTerminal: false };
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
    isTerminal: false,
  });
  listener.connectionChanged?.(connected("a"));
  listener.eventReceived?.({ seq: 7, at: "", type: "job.ended", job: null, body: {} });
  listener.connectionChanged?.(waiting);
  listener.connectionChanged?.(connected("a"));
  expect(lines.at(-1)).toBe("Connected again.");
});
