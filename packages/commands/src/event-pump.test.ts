import { expect, test } from "vitest";
import { highWaterBytes, type Channel } from "./channel.ts";
import { EventPump } from "./event-pump.ts";
import { MemoryJournal } from "./testing/memory-journal.ts";

/** A channel whose peer reads only when a test says so. */
class StuckChannel implements Channel {
  readonly sent: string[] = [];
  readonly closed = new Promise<string>(() => {});
  bufferedBytes = 0;

  send(message: string): void {
    this.sent.push(message);
    this.bufferedBytes += message.length;
  }

  close(): void {}
  abort(): void {}
}

test("a watcher that does not read is sent no more than the high-water mark and one message", () => {
  const journal = new MemoryJournal();
  for (let i = 0; i < 10_000; i += 1) journal.append("job.ended", "a", { text: "x".repeat(1_000) });
  const channel = new StuckChannel();
  const pump = new EventPump(channel, journal, { epoch: "e1", since: 0, head: null });
  pump.pump();
  pump.pump();
  expect(channel.bufferedBytes).toBeLessThan(highWaterBytes + 1_200);
  const before = channel.sent.length;
  channel.bufferedBytes = 0;
  pump.pump();
  expect(channel.sent.length).toBeGreaterThan(before);
  expect(channel.sent[before]).toContain(`"seq":${before + 1},`);
});

test("progress waits until the watcher has every event, and only the newest of each job is sent", () => {
  const journal = new MemoryJournal();
  const channel = new StuckChannel();
  const pump = new EventPump(channel, journal, { epoch: "e1", since: 0, head: null });
  channel.bufferedBytes = highWaterBytes;
  journal.append("job.ended", "a", {});
  pump.progress("a", { job: "a", degrees: 1 });
  pump.progress("b", { job: "b", degrees: 1 });
  pump.progress("a", { job: "a", degrees: 2 });
  expect(channel.sent).toEqual([]);
  channel.bufferedBytes = 0;
  pump.pump();
  expect(channel.sent.map((message) => (JSON.parse(message) as { params: unknown }).params)).toMatchObject([
    { seq: 1 },
    { job: "a", degrees: 2 },
    { job: "b", degrees: 1 },
  ]);
});
