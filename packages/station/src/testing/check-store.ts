/** What every store promises its journal, as tests: `checkStore(name, …)` in a file of its own for each kind. */
import { describe, expect, test } from "vitest";
import { StartError } from "../start-error.ts";
import { StoreFull, type Store, type StoredEvent, type StoredJob, type Write } from "../store.ts";

/** A medium for one test; it begins with two to four MiB of room. */
export interface Medium extends Disposable {
  /** As a process that starts. */
  open(): Store;
  /** The process that has it dies without closing it. */
  kill(): void;
  /** Takes all room, and gives it back. */
  fill(): void;
  free(): void;
}

const eventOf = (seq: number, body = "{}"): StoredEvent => ({
  seq,
  at: "2026-01-01T00:00:00.000Z",
  type: "job.accepted",
  job: null,
  body,
  hash: `hash-${seq}`,
});
const event = (seq: number, body?: string): Write => ({ put: "event", row: eventOf(seq, body) });

const commandOf = (cmd: string) => ({ cmd, digest: "d", principal: "p", method: "m", verdict: `{"ü":1}` });
const command = (cmd: string): Write => ({ put: "command", row: commandOf(cmd) });

const jobOf = (number: number, change: Partial<StoredJob> = {}): StoredJob => ({
  number,
  id: `j_${number}`,
  ended: false,
  job: "{}",
  plan: "{}",
  seed: "00",
  checkpoint: null,
  process: null,
  rests: false,
  ...change,
});
const job = (number: number, change?: Partial<StoredJob>): Write => ({
  put: "job",
  row: jobOf(number, change),
});

const admissionOf = (number: number) => ({ number, fingerprint: `f${number}`, openedMs: 1, seenMs: number });
const admission = (number: number): Write => ({ put: "admission", row: admissionOf(number) });

const numbersOf = (rows: readonly { readonly number: number }[]): number[] =>
  rows.map(({ number }) => number);

/** `whyNeverFull`: said in place of the tests that fill the medium, where it cannot be filled. */
export function checkStore(name: string, newMedium: () => Medium, whyNeverFull: string | null = null): void {
  const skipped = whyNeverFull === null ? "" : ` (skipped: ${whyNeverFull})`;

  const withMedium = (work: (medium: Medium) => void) => () => {
    using medium = newMedium();
    work(medium);
  };

  describe(`a store: ${name}`, () => {
    test(
      "that is new is empty, and has an epoch that it keeps and no other has",
      withMedium((medium) => {
        const store = medium.open();
        expect([store.lastEvent(), store.events(0, 10), store.openJobs(), store.newestJobs(10)]).toEqual([
          undefined,
          [],
          [],
          [],
        ]);
        expect(store.epoch).toMatch(/^[0-9a-f]{32}$/);
        expect(store.firstSeq).toBe(1);
        store.close();
        const again = medium.open();
        expect(again.epoch).toBe(store.epoch);
        again.close();
      }),
    );

    test(
      "has every row as it was put, after it was closed and after its process was killed",
      withMedium((medium) => {
        const rows = [event(1), event(2, `"ü"`), command("c"), job(1), job(2), admission(1)];
        medium.open().commit(rows);
        medium.kill();
        const second = medium.open();
        second.commit([event(3), job(1, { ended: true, checkpoint: "1", process: "2", rests: true })]);
        second.close();
        const third = medium.open();
        expect(third.events(0, 10)).toEqual([eventOf(1), eventOf(2, `"ü"`), eventOf(3)]);
        expect(third.lastEvent()).toEqual(eventOf(3));
        expect(third.command("c")).toEqual(commandOf("c"));
        expect(third.job("j_2")).toEqual(jobOf(2));
        expect(third.job("j_1")).toEqual(
          jobOf(1, { ended: true, checkpoint: "1", process: "2", rests: true }),
        );
        expect(third.admission("f1")).toEqual(admissionOf(1));
        expect([third.command("d"), third.job("j_3"), third.admission("f2")]).toEqual([
          undefined,
          undefined,
          undefined,
        ]);
        third.close();
      }),
    );

    test(
      "reads by number and by state",
      withMedium((medium) => {
        const store = medium.open();
        store.commit([1, 2, 3, 4, 5].map((number) => job(number, { ended: number % 2 === 0 })));
        store.commit([1, 2, 3].map((number) => admission(number)));
        store.commit(Array.from({ length: 30 }, (_, i) => event(i + 1)));
        store.commit([{ drop: "admission", number: 1 }, admission(3)]);
        expect(numbersOf(store.openJobs())).toEqual([1, 3, 5]);
        expect(numbersOf(store.newestJobs(3))).toEqual([5, 4, 3]);
        expect(numbersOf(store.newestEndedJobs(1))).toEqual([4]);
        expect(numbersOf(store.jobsAfter(3))).toEqual([4, 5]);
        expect(numbersOf(store.admissions())).toEqual([2, 3]);
        expect(store.events(10, 5).map(({ seq }) => seq)).toEqual([11, 12, 13, 14, 15]);
        expect(store.events(28, 5).map(({ seq }) => seq)).toEqual([29, 30]);
        store.close();
      }),
    );

    test.each([
      ["an event", event(1)],
      ["a command", command("c")],
      ["a job with the id of another", job(2, { id: "j_1" })],
      [
        "an admission with the fingerprint of another",
        { put: "admission", row: { ...admissionOf(2), fingerprint: "f1" } },
      ],
    ] as readonly (readonly [string, Write])[])("keeps nothing of a batch that puts %s again", (_, again) =>
      withMedium((medium) => {
        const store = medium.open();
        store.commit([event(1), command("c"), job(1), admission(1)]);
        expect(() => store.commit([event(2), again])).toThrow();
        expect(store.lastEvent()?.seq).toBe(1);
        store.commit([event(2)]);
        expect(store.lastEvent()?.seq).toBe(2);
        store.close();
      })(),
    );

    test.skipIf(whyNeverFull)(
      `keeps nothing of a batch for which there is no room, goes on reading, and writes again when there is some${skipped}`,
      withMedium((medium) => {
        const store = medium.open();
        store.commit([event(1), job(1)]);
        medium.fill();
        const large = Array.from({ length: 200 }, (_, i) => event(i + 2, `"${"x".repeat(10_000)}"`));
        for (let times = 0; times < 3; times += 1)
          expect(() => store.commit([job(1, { ended: true }), ...large])).toThrow(StoreFull);
        expect([store.lastEvent()?.seq, store.job("j_1")?.ended]).toEqual([1, false]);
        medium.free();
        store.commit([event(2), job(1, { ended: true })]);
        store.close();
        const again = medium.open();
        expect([again.lastEvent()?.seq, again.job("j_1")?.ended]).toEqual([2, true]);
        again.close();
      }),
    );

    test.skipIf(whyNeverFull)(
      `can write a little more on a full medium when it gives up its reserve, once${skipped}`,
      withMedium((medium) => {
        const store = medium.open();
        expect(store.useReserve()).toBe(false);
        expect(store.refillReserve()).toBe(true);
        medium.fill();
        expect(() => store.commit([event(1, `"${"x".repeat(4_000_000)}"`)])).toThrow(StoreFull);
        expect(store.useReserve()).toBe(true);
        store.commit([event(1), job(1, { ended: true })]);
        expect(store.useReserve()).toBe(false);
        medium.free();
        expect(store.refillReserve()).toBe(true);
        expect(store.useReserve()).toBe(true);
        store.close();
      }),
    );

    test(
      "is one process's at a time",
      withMedium((medium) => {
        const store = medium.open();
        expect(() => medium.open()).toThrow(StartError);
        store.close();
        medium.open().close();
      }),
    );
  });
}
