/** Writes an open image to an open disk, reads it back, and grows what is on it where that is wanted. */
import type { ImageFindings, JobReport, Outcome } from "@trofie/contract";
import { bytesText } from "@trofie/contract/quantities";
import { Refusal } from "@trofie/commands/errors";
import { DiskError, reasonOf } from "../disk/disk.ts";
import { flushDisk } from "../disk/io-errors.ts";
import type { PlannedDisk } from "../disk/open-planned.ts";
import { WatchedDisk } from "../disk/watched-disk.ts";
import type { JobContext } from "../job/job-context.ts";
import { Steps, Stopped } from "../job/steps.ts";
import { BlockWriter } from "./block-writer.ts";
import { growLastPartition, type Growth } from "./grow.ts";
import { ImageError } from "./image-error.ts";
import { packedFormats } from "./image-formats.ts";
import { ContentHash } from "./node-content-hash.ts";
import { throughProgram } from "./node-through-program.ts";
import { imageOf } from "./list-images.ts";
import type { OpenedImage } from "./open-image.ts";
import { readInOrder } from "./read-in-order.ts";

export interface WriteImage extends Pick<
  JobContext<"image-write">,
  "machine" | "plan" | "signal" | "gate" | "clock" | "tell"
> {
  readonly opened: OpenedImage;
  readonly planned: Pick<PlannedDisk, "disk" | "checkIdentity">;
}

/** Always gives a report: the world's failures are outcomes. Everything stays open. */
export async function writeImage(order: WriteImage): Promise<JobReport> {
  const { plan } = order;
  const steps = new Steps(order, { count: plan.grow ? 3 : 2, bytesTotal: plan.bytesTotal });
  const run = new WriteRun(order, steps);
  try {
    return await run.toEnd();
  } finally {
    steps.end();
  }
}

class WriteRun {
  readonly #order: WriteImage;
  readonly #steps: Steps;
  readonly #disk: WatchedDisk;
  readonly #startedMs: number;
  #findings: ImageFindings | null = null;
  /** Of the file, packed. */
  #takenBytes = 0;
  #writtenBytes = 0;

  constructor(order: WriteImage, steps: Steps) {
    this.#order = order;
    this.#steps = steps;
    this.#startedMs = order.clock.nowMs();
    this.#disk = new WatchedDisk(order.planned.disk, () => order.clock.nowMs());
    steps.watch(this.#disk);
  }

  async toEnd(): Promise<JobReport> {
    const { plan, planned } = this.#order;
    try {
      const { contentBytes, sha256 } = await this.#write();
      this.#findings = { kind: "image-write", contentBytes, sha256, readBack: false, grown: null };
      this.#refuseOther(sha256);
      await planned.checkIdentity();
      await this.#readBack(contentBytes, sha256);
      await planned.checkIdentity();
      this.#findings = { ...this.#findings, readBack: this.#disk.direct };
      return plan.grow ? await this.#grow() : this.#report("done", this.#success());
    } catch (error) {
      if (error instanceof Stopped) return this.#report("stopped", this.#howFar());
      if (!isOfTheWorld(error)) throw error;
      const words = error instanceof ImageError ? `Cannot write ${plan.image.name} to ${plan.path}: ` : "";
      return this.#report("failed", `${words}${error.message}`);
    }
  }

  async #write(): Promise<Pick<ImageFindings, "contentBytes" | "sha256">> {
    const { plan, opened } = this.#order;
    this.#steps.begin(1, `Writing ${plan.image.name}`);
    const hash = new ContentHash();
    const writer = new BlockWriter(this.#disk, (settled) => this.#steps.pass(settled));
    try {
      for await (const bytes of this.#content()) {
        hash.add(bytes);
        await writer.add(bytes);
        this.#steps.add(bytes.length);
        this.#writtenBytes += bytes.length;
        this.#guessTotal();
      }
      await this.#refuseChangedFile();
      if (hash.lengthBytes === 0) throw new ImageError("there is nothing in it");
      await writer.finish();
    } finally {
      await writer.settled();
    }
    const contentBytes = hash.lengthBytes;
    this.#steps.expect(2 * contentBytes);
    if (opened.image.format === "raw" && contentBytes !== opened.image.sizeBytes) {
      throw new ImageError("it ended early");
    }
    return { contentBytes, sha256: hash.hex() };
  }

  /** The content, unpacked. */
  #content(): AsyncIterable<Uint8Array> {
    const { file, image } = this.#order.opened;
    const packed = this.#packed(file, image.sizeBytes);
    return image.format === "raw" ? packed : throughProgram(packedFormats[image.format].unpack, packed);
  }

  /**
   * Where nobody knows the content's size, the share of the file that went in tells it, as far as that can: what came out
   * of that share is to be read back, too.
   */
  #guessTotal(): void {
    const { plan, opened } = this.#order;
    if (plan.contentBytes !== null) return;
    const contentBytes = (this.#writtenBytes * opened.image.sizeBytes) / this.#takenBytes;
    this.#steps.expect(2 * Math.round(contentBytes));
  }

  /** The file's bytes. */
  async *#packed(file: OpenedImage["file"], sizeBytes: number): AsyncGenerator<Uint8Array> {
    try {
      for await (const bytes of readInOrder(file, { lengthBytes: sizeBytes })) {
        this.#takenBytes += bytes.length;
        yield bytes;
      }
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      throw new ImageError(`the image cannot be read at byte ${error.offset} (${reasonOf(error.cause)})`);
    }
  }

  /** What was written to it while it was read may be half in the content. */
  async #refuseChangedFile(): Promise<void> {
    const { machine, opened } = this.#order;
    const now = await machine.stat(opened.path);
    const isSame =
      now !== null &&
      now.inode === opened.file.file.inode &&
      imageOf(opened.image.name, now).modifiedAt === opened.image.modifiedAt &&
      now.sizeBytes === opened.image.sizeBytes;
    if (!isSame) throw new ImageError("the image was changed while it was read");
  }

  #refuseOther(sha256: string): void {
    const wanted = this.#order.plan.sha256;
    if (wanted === null || wanted === sha256) return;
    throw new ImageError(
      `its content hashes to ${sha256}, and ${wanted} was asked for; it is on the device all the same`,
    );
  }

  /** Every byte of the content, from the device. */
  async #readBack(contentBytes: number, sha256: string): Promise<void> {
    this.#order.tell({ type: "verifying" });
    this.#steps.begin(2, "Reading back");
    const hash = new ContentHash();
    const pass = (settled: () => Promise<unknown>) => this.#steps.pass(settled);
    for await (const bytes of readInOrder(this.#disk, { lengthBytes: contentBytes, pass })) {
      hash.add(bytes);
      this.#steps.add(bytes.length);
    }
    if (hash.lengthBytes !== contentBytes || hash.hex() !== sha256) {
      throw new ImageError("what was read back from the device is not what was written");
    }
  }

  /** The image is on the device and read back; that stays so whatever becomes of the growing. */
  async #grow(): Promise<JobReport> {
    const { machine, plan, planned, signal } = this.#order;
    this.#order.tell({ type: "writing" });
    this.#steps.begin(3, "Growing the last partition");
    const growth: Growth = await growLastPartition({
      machine,
      path: plan.path,
      file: planned.disk.file,
      sizeBytes: planned.disk.sizeBytes,
      checkIdentity: planned.checkIdentity,
      signal,
    });
    await flushDisk(this.#disk);
    if (this.#findings !== null) this.#findings = { ...this.#findings, ...growth.found };
    const outcome: Outcome = growth.isDamaged ? "failed" : "done";
    return this.#report(outcome, `${this.#success()}; ${growth.words}`);
  }

  #success(): string {
    if (this.#disk.direct) return "Every byte was written, and read back as written";
    return "Written; that it was read back is no evidence, for the device was read through memory, not past it";
  }

  #howFar(): string {
    return this.#findings === null
      ? `Stopped after ${bytesText(this.#writtenBytes)} were written`
      : "Stopped before all of it was read back";
  }

  #report(outcome: Outcome, message: string): JobReport {
    const durationMs = this.#order.clock.nowMs() - this.#startedMs;
    return { outcome, message, durationMs, findings: this.#findings };
  }
}

/** A device that is another one now, a disk or an image that fails; everything else is our bug. */
function isOfTheWorld(error: unknown): error is Error {
  return error instanceof DiskError || error instanceof ImageError || error instanceof Refusal;
}
