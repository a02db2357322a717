/** One reading of an open disk from its beginning to its end. */
import type { VerifyFindings } from "@trofie/contract";
import type { PlannedDisk } from "../disk/open-planned.ts";
import { Presence } from "../disk/presence.ts";
import type { WatchedDisk } from "../disk/watched-disk.ts";
import { FaultyMap, Suspects } from "../erase/faulty-map.ts";
import type { Ground } from "../erase/ground.ts";
import type { Limits } from "../erase/limits.ts";
import type { Meter } from "../erase/meter.ts";
import { narrow } from "../erase/narrow.ts";
import { bytesOf } from "../erase/range.ts";
import { isSampled, placesOf } from "../erase/sample.ts";
import { fillWords } from "../erase/step-words.ts";
import { lanesBuffered, lanesDirect } from "../erase/sweep.ts";
import type { Teller } from "../erase/teller.ts";
import { addCompared, Comparer, nothingFound, verifyRanges } from "../erase/verify-pass.ts";
import type { JobContext } from "../job/job-context.ts";

export class VerifyRun {
  readonly #context: JobContext<"verify">;
  readonly #opened: PlannedDisk & { readonly disk: WatchedDisk };
  readonly #map = new FaultyMap();
  readonly #suspects = new Suspects();
  readonly #meter: Meter;
  readonly #teller: Teller;
  readonly #ground: Ground;
  readonly #presence: Presence;
  readonly #budget: { leftMs: number };
  #found = nothingFound;
  isDone = false;

  constructor(
    context: JobContext<"verify">,
    opened: PlannedDisk & { readonly disk: WatchedDisk },
    { limits, meter, teller }: { limits: Limits; meter: Meter; teller: Teller },
  ) {
    const { clock, signal, gate } = context;
    const { disk, device } = opened;
    this.#context = context;
    this.#opened = opened;
    this.#presence = new Presence(opened.checkIdentity, clock);
    this.#budget = { leftMs: limits.narrowMs };
    this.#meter = meter;
    this.#teller = teller;
    teller.watch(disk);
    teller.count(() => this.#map.faultyBytes + this.#suspects.bytes);
    this.#ground = {
      disk,
      sectorBytes: device.physicalSectorBytes,
      lanes: disk.direct ? lanesDirect : lanesBuffered,
      clock,
      signal,
      gate,
      meter,
      limits,
      checkThere: () => this.#presence.checkNowAndThen(),
      rest: () => this.#rest(),
      passBy: () => null,
    };
  }

  /** Returns at the end of the disk, or when the job is to stop. */
  async toEnd(): Promise<void> {
    this.#context.tell({ type: "verifying" });
    await this.#readAll();
    if (this.#suspects.bytes > 0) await this.#readAgain();
    await this.#presence.check();
    if (this.#context.signal.aborted) return;
    this.isDone = true;
    this.#meter.moveTo(this.#context.plan.bytesTotal);
  }

  findings(durationMs: number): VerifyFindings {
    const { plan, seedHex } = this.#context;
    const { disk } = this.#opened;
    for (const range of this.isDone ? [] : this.#suspects.ranges) this.#map.add("read", range, false);
    const { ranges, rangesCut } = this.#map.toJSON();
    const kind = isSampled(disk.sizeBytes, plan.reading) ? plan.reading : "full";
    return {
      kind: "verify",
      directIo: disk.direct,
      expect: plan.expect,
      verification: { kind, ...this.#found, evidence: disk.direct, durationMs },
      faulty: [...ranges],
      rangesCut,
      seedHex,
    };
  }

  async #readAll(): Promise<void> {
    const { plan, seedHex } = this.#context;
    this.#teller.begin({ step: `Verifying ${fillWords(plan.expect)}`, stepNumber: 1 });
    await Comparer.with(this.#ground, plan.expect, (comparer) =>
      verifyRanges(this.#ground, comparer, {
        ranges: placesOf(this.#opened.disk.sizeBytes, plan.reading, seedHex, "samples"),
        suspects: this.#suspects,
        settled: (range, compared) => {
          if (compared !== null) this.#found = addCompared(this.#found, this.#map, range, compared);
        },
      }),
    );
  }

  async #readAgain(): Promise<void> {
    this.#teller.begin({ step: "Reading again where it failed", stepNumber: 1 });
    const { left } = await Comparer.with(
      { ...this.#ground, lanes: 1 },
      this.#context.plan.expect,
      (comparer) =>
        narrow(this.#ground, this.#suspects.ranges, this.#budget, async (range) => {
          const compared = await comparer.compare(range.offset, range.lengthBytes, 0);
          if (compared !== null) this.#found = addCompared(this.#found, this.#map, range, compared);
          return compared !== null;
        }),
    );
    for (const { range, exact } of left) this.#map.add("read", range, exact);
    this.#found = { ...this.#found, unreadableBytes: bytesOf(left.map(({ range }) => range)) };
    this.#suspects.clear();
  }

  async #rest(): Promise<void> {
    const { gate, tell, signal } = this.#context;
    tell({ type: "paused" });
    await gate.passed();
    this.#meter.restart();
    if (!signal.aborted) tell({ type: "resumed" });
  }
}
