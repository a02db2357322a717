/**
 * One overwriting pass, in four phases: write everything, come back to what failed, read everything back, come back to
 * what could not be read. It goes on in whatever phase an earlier process was cut off.
 */
import type { PassReport, VerificationReport } from "@trofie/contract";
import type { Presence } from "../disk/presence.ts";
import type { JobContext } from "../job/job-context.ts";
import type { ResolvedPass } from "./fills.ts";
import type { Ground } from "./ground.ts";
import type { HowFar } from "./how-far.ts";
import type { Keeper } from "./keeper.ts";
import { narrow, retryOnce, type Attempt } from "./narrow.ts";
import { between, bytesOf, endOf, within, without, type Range } from "./range.ts";
import { isSampled, placesOf } from "./sample.ts";
import { fillWords } from "./step-words.ts";
import { blockBytes, blockMaker, type BlockMaker } from "./streams/block-maker.ts";
import { addCompared, Comparer, verifyRanges } from "./verify-pass.ts";
import { underWay, writePiece, writeRanges, type UnderWay } from "./write-pass.ts";

export type Overwrite = Extract<ResolvedPass, { kind: "overwrite" }>;

/** What the passes of one erase share. */
export interface Desk {
  readonly context: JobContext<"erase">;
  readonly ground: Ground;
  readonly far: HowFar;
  readonly keeper: Keeper;
  readonly presence: Presence;
  /** Begins a step in words; so many bytes of its pass are done. */
  readonly step: (words: string, bytesDone: number) => void;
}

/** Null when the job is to stop before the pass has ended. */
export async function overwrite(desk: Desk, pass: Overwrite): Promise<PassReport | null> {
  const { context, far, keeper, presence } = desk;
  const phases = new Overwriting(desk, pass);
  keeper.startLap();
  if (far.phase === "write") await phases.write();
  if (far.phase === "write-again" && !context.signal.aborted) await phases.writeAgain();
  if (pass.verified && !context.signal.aborted) {
    await presence.check();
    context.tell({ type: "verifying" });
    if (far.phase === "verify") await phases.verify();
    if (far.phase === "verify-again" && !context.signal.aborted) await phases.verifyAgain();
    await presence.check();
  }
  return context.signal.aborted ? null : phases.report();
}

class Overwriting {
  readonly #desk: Desk;
  readonly #pass: Overwrite;
  readonly #sizeBytes: number;

  constructor(desk: Desk, pass: Overwrite) {
    this.#desk = desk;
    this.#pass = pass;
    this.#sizeBytes = desk.ground.disk.sizeBytes;
  }

  async write(): Promise<void> {
    const { context, ground, far, keeper, step } = this.#desk;
    step(`Writing ${fillWords(this.#pass.fill)}`, far.offset);
    const left = far.offset < this.#sizeBytes ? [between(far.offset, this.#sizeBytes)] : [];
    const atOnce = underWay(this.#pass.fill, ground);
    await this.#withMaker(atOnce, (maker) =>
      writeRanges(ground, {
        ranges: without(left, far.map.of("write")),
        maker,
        underWay: atOnce,
        suspects: far.suspects,
        settled: (end, writtenBytes) => {
          far.offset = end;
          far.addWritten(writtenBytes);
          keeper.wrote(writtenBytes);
        },
      }),
    );
    if (context.signal.aborted) return;
    await keeper.flush();
    this.#begin("write-again");
  }

  /** What failed in this pass once more, to the sector; then what earlier passes could not write. */
  async writeAgain(): Promise<void> {
    const { context, ground, far, keeper, step } = this.#desk;
    const known = far.map.of("write");
    if (far.suspects.bytes + bytesOf(known) > 0) {
      step("Writing again where it failed", this.#sizeBytes);
      let writtenBytes = 0;
      const { left, recoveredBytes } = await this.#withMaker(
        { lanes: 1, block: blockBytes },
        async (maker) => {
          const attempt: Attempt = async ({ offset, lengthBytes }) => {
            const isWritten = await writePiece(ground, maker, offset, lengthBytes, 0);
            if (isWritten) writtenBytes += lengthBytes;
            return isWritten;
          };
          const narrowed = await narrow(ground, far.suspects.ranges, far.narrowing, attempt);
          await retryOnce(ground, known, far.narrowing, attempt);
          return narrowed;
        },
      );
      if (context.signal.aborted) return;
      await keeper.flush();
      far.addWritten(writtenBytes);
      far.addRewritten(recoveredBytes);
      for (const { range, exact } of left) far.map.add("write", range, exact);
      far.suspects.clear();
    }
    this.#begin("verify");
    await keeper.keep();
  }

  async verify(): Promise<void> {
    const { context, ground, far, step } = this.#desk;
    step(`Verifying ${fillWords(this.#pass.fill)}`, this.#sizeBytes + far.verified.bytesRead);
    await Comparer.with(ground, this.#pass.fill, (comparer) =>
      verifyRanges(ground, comparer, {
        ranges: within(this.#placesToRead(), far.offset, this.#sizeBytes),
        suspects: far.suspects,
        settled: (range, compared) => {
          far.offset = endOf(range);
          if (compared !== null) far.addFound(addCompared(far.verified, far.misread, range, compared));
        },
      }),
    );
    if (!context.signal.aborted) this.#begin("verify-again");
  }

  /** What could not be read once more, to the sector, comparing what can be read now. */
  async verifyAgain(): Promise<void> {
    const { context, ground, far, keeper, step } = this.#desk;
    if (far.suspects.bytes > 0) {
      step("Reading again where it failed", this.#sizeBytes + far.verified.bytesRead + far.suspects.bytes);
      let found = { ...far.verified };
      const { left } = await Comparer.with({ ...ground, lanes: 1 }, this.#pass.fill, (comparer) =>
        narrow(ground, far.suspects.ranges, far.narrowing, async (range) => {
          const compared = await comparer.compare(range.offset, range.lengthBytes, 0);
          if (compared !== null) found = { ...found, ...addCompared(found, far.misread, range, compared) };
          return compared !== null;
        }),
      );
      if (context.signal.aborted) return;
      for (const { range, exact } of left) far.misread.add("read", range, exact);
      far.addFound({ ...found, unreadableBytes: bytesOf(left.map(({ range }) => range)) });
    }
    keeper.lap();
  }

  report(): PassReport {
    const { fill, verified } = this.#pass;
    const verification = verified ? this.#verification() : null;
    return { kind: "overwrite", fill, ...this.#desk.far.written, verification };
  }

  /** Throws when not all was read that was to be read: that would be our own mistake, and no report may hide it. */
  #verification(): VerificationReport {
    const { context, ground, far } = this.#desk;
    const { reading } = context.plan;
    const { bytesRead, unreadableBytes } = far.verified;
    const dueBytes = bytesOf(this.#placesToRead());
    if (bytesRead + unreadableBytes !== dueBytes) {
      throw new Error(`Of ${dueBytes} bytes to verify ${bytesRead + unreadableBytes} were dealt with`);
    }
    const kind = isSampled(this.#sizeBytes, reading) ? reading : "full";
    return { kind, ...far.verified, evidence: ground.disk.direct };
  }

  /** The places of the reading, but for what is known not to be written. */
  #placesToRead(): Range[] {
    const { context, far } = this.#desk;
    const label = `samples of pass ${this.#pass.planned + 1}`;
    const places = placesOf(this.#sizeBytes, context.plan.reading, context.seedHex, label);
    return without(places, far.map.of("write"));
  }

  /** The suspects of a phase are what the next one comes back to. */
  #begin(phase: HowFar["phase"]): void {
    const { far, keeper } = this.#desk;
    keeper.lap();
    far.beginPhase(phase, far.suspects);
  }

  async #withMaker<T>(
    { lanes, block }: Pick<UnderWay, "lanes" | "block">,
    use: (maker: BlockMaker) => Promise<T>,
  ): Promise<T> {
    const maker = blockMaker(this.#pass.fill, lanes, block);
    try {
      return await use(maker);
    } finally {
      maker.close();
    }
  }
}
