import { expect, test } from "vitest";
import { highWaterBytes, type Channel } from "./channel.ts";
import { EventPump } from "./event-pump.ts";
import { EventReader } from "./event-reader.ts";
import { encodeNotification } from "./json-rpc.ts";
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
  const pump = new EventPump(channel, new EventReader(journal), { epoch: "e1", since: 0, head: null });
  pump.pump();
  pump.pump();
  expect(channel.bufferedBytes).toBeLessThan(highWaterBytes + 1_200);
  const before = channel.sent.length;
  channel.bufferedBytes = 0;
  pump.pump();
  expect(channel.sent.length).toBeGreaterThan(before);
  expect(channel.sent[before]).toContain(`"seq":${before + 1},`);
});

const progressOf = (job: string, degrees: number): string => encodeNotification("progress", { job, degrees });

test("progress waits until the watcher has every event, and only the newest of each job is sent", () => {
  const journal = new MemoryJournal();
  const channel = new StuckChannel();
  const pump = new EventPump(channel, new EventReader(journal), { epoch: "e1", since: 0, head: null });
  channel.bufferedBytes = highWaterBytes;
  journal.append("job.ended", "a", {});
  pump.progress("a", progressOf("a", 1));
  pump.progress("b", progressOf("b", 1));
  pump.progress("a", progressOf("a", 2));
  expect(channel.sent).toEqual([]);
  channel.bufferedBytes = 0;
  pump.pump();
  expect(channel.sent.map((message) => (JSON.parse(message) as { params: unknown }).params)).toMatchObject([
    { seq: 1 },
    { job: "a", degrees: 2 },
    { job: "b", degrees: 1 },
  ]);
});

test("what all watchers want next is read from the journal once", () => {
  const journal = new MemoryJournal();
  let reads = 0;
  const read = journal.read.bind(journal);
  journal.read = (...args) => {
    reads += 1;
    return read(...args);
  };
  const reader = new EventReader(journal);
  const channels = Array.from({ length: 50 }, () => new StuckChannel());
  const pumps = channels.map(
    (channel) => new EventPump(channel, reader, { epoch: "e1", since: 0, head: null }),
  );
  const late = new StuckChannel();
  for (let round = 1; round <= 3; round += 1) {
    journal.append("job.ended", "a", { round });
    for (const pump of pumps) pump.pump();
    new EventPump(late, reader, { epoch: "e1", since: 0, head: null }).pump();
  }
  expect(reads).toBeLessThan(10);
  const seqs = ({ sent }: StuckChannel) =>
    sent.map((text) => (JSON.parse(text) as { params: { seq: number } }).params.seq);
  for (const channel of channels) expect(seqs(channel)).toEqual([1, 2, 3]);
  expect(seqs(late)).toEqual([1, 1, 2, 1, 2, 3]);
});
