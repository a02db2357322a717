/** Reads an open disk into a new file, and reads that file back before it gets its name. */
import { Refusal } from "@trofie/commands/errors";
import type { Device, ImageFindings, JobReport, Outcome } from "@trofie/contract";
import { bytesText } from "@trofie/contract/quantities";
import { DiskError, reasonOf } from "../disk/disk.ts";
import type { PlannedDisk } from "../disk/open-planned.ts";
import { WatchedDisk } from "../disk/watched-disk.ts";
import type { JobContext } from "../job/job-context.ts";
import { Steps, Stopped } from "../job/steps.ts";
import { blockBytes } from "./blocks.ts";
import { ImageError } from "./image-error.ts";
import { packedFormats } from "./image-formats.ts";
import { ContentHash } from "./node-content-hash.ts";
import type { NewImageFile } from "./node-image-file.ts";
import { throughProgram } from "./node-through-program.ts";
import { readInOrder } from "./read-in-order.ts";
import { unreadableRanges, unreadableText } from "./unreadable-ranges.ts";

export interface ReadImage extends Pick<
  JobContext<"image-read">,
  "machine" | "plan" | "signal" | "gate" | "clock" | "tell"
> {
  readonly planned: Pick<PlannedDisk, "disk" | "checkIdentity"> & {
    readonly device: Pick<Device, "physicalSectorBytes">;
  };
  /** Changes with every write to the disk, whoever does it. */
  readonly lastWrite: () => Promise<string>;
  /** New and empty; it is published or discarded here. */
  readonly file: NewImageFile;
}

/** Always gives a report: the world's failures are outcomes. The disk stays open. */
export async function readImage(order: ReadImage): Promise<JobReport> {
  const steps = new Steps(order, { count: 2, bytesTotal: 2 * order.planned.disk.sizeBytes });
  try {
    return await new ReadRun(order, steps).toEnd();
  } finally {
    steps.end();
  }
}

const zeros = new Uint8Array(blockBytes);

class ReadRun {
  readonly #order: ReadImage;
  readonly #steps: Steps;
  readonly #disk: WatchedDisk;
  readonly #startedMs: number;
  #readBytes = 0;

  constructor(order: ReadImage, steps: Steps) {
    this.#order = order;
    this.#steps = steps;
    this.#startedMs = order.clock.nowMs();
    this.#disk = new WatchedDisk(order.planned.disk, () => order.clock.nowMs());
    steps.watch(this.#disk);
  }

  async toEnd(): Promise<JobReport> {
    const { file, planned, plan } = this.#order;
    try {
      const before = await this.#order.lastWrite();
      const sha256 = await this.#read();
      await planned.checkIdentity();
      if ((await this.#order.lastWrite()) !== before) {
        throw new ImageError(
          "something was written to it meanwhile, so that this is no state that it was ever in",
        );
      }
      await this.#readBack(sha256);
      await file.publish();
      const contentBytes = this.#disk.sizeBytes;
      const findings = { kind: "image-read", contentBytes, sha256, readBack: true, grown: null } as const;
      const size = file.sizeBytes === contentBytes ? "" : ` in a file of ${bytesText(file.sizeBytes)}`;
      return this.#report("done", `Every byte is in ${plan.name}${size}, read back as read`, findings);
    } catch (error) {
      await file.discard();
      if (error instanceof Stopped) {
        return this.#report("stopped", `Stopped after ${bytesText(this.#readBytes)}; no image was made`);
      }
      return this.#report("failed", await this.#inWords(error));
    }
  }

  async #read(): Promise<string> {
    const { file, plan } = this.#order;
    this.#steps.begin(1, `Reading into ${plan.name}`);
    const hash = new ContentHash();
    const content = this.#content(hash);
    if (plan.format === "raw") {
      for await (const bytes of content) {
        if (isZero(bytes)) file.skip(bytes.length);
        else await file.add(bytes);
      }
    } else {
      const packer = packedFormats[plan.format].pack(this.#disk.sizeBytes);
      for await (const packed of throughProgram(packer, content)) await file.add(packed);
    }
    if (hash.lengthBytes !== this.#disk.sizeBytes) throw new ImageError("the device ended early");
    await file.flush();
    return hash.hex();
  }

  /** All of the device, hashed as it passes by. */
  async *#content(hash: ContentHash): AsyncGenerator<Uint8Array> {
    const pass = (settled: () => Promise<unknown>) => this.#steps.pass(settled);
    for await (const bytes of readInOrder(this.#disk, { lengthBytes: this.#disk.sizeBytes, pass })) {
      hash.add(bytes);
      yield bytes;
      this.#steps.add(bytes.length);
      this.#readBytes += bytes.length;
    }
  }

  /** The file is unpacked and must hash to what was read: a packer that failed in silence is found here. */
  async #readBack(sha256: string): Promise<void> {
    const { file, plan, machine, tell } = this.#order;
    tell({ type: "verifying" });
    this.#steps.begin(2, "Reading the image back");
    const written = await machine.openToRead(file.partialPath);
    const hash = new ContentHash();
    try {
      const packed = readInOrder(written, { lengthBytes: file.sizeBytes });
      const content =
        plan.format === "raw" ? packed : throughProgram(packedFormats[plan.format].unpack, packed);
      for await (const bytes of content) {
        await this.#steps.pass(async () => {});
        hash.add(bytes);
        this.#steps.add(bytes.length);
      }
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      throw new ImageError(
        `the image cannot be read back at byte ${error.offset} (${reasonOf(error.cause)})`,
      );
    } finally {
      await written.close();
    }
    if (hash.hex() !== sha256) throw new ImageError("what was read back from the image is not what was read");
  }

  /** What is our bug is thrown on. No sector is made up: a device that cannot be read whole gives no image. */
  async #inWords(error: unknown): Promise<string> {
    const { plan, planned, signal } = this.#order;
    if (error instanceof DiskError) {
      const sectorBytes = planned.device.physicalSectorBytes;
      const unreadable = await unreadableRanges(this.#disk, error.offset, { sectorBytes, signal });
      if (unreadable.ranges.length > 0) {
        return `Cannot read ${plan.path} into ${plan.name}: ${unreadableText(unreadable)} (${reasonOf(error.cause)})`;
      }
      return error.message;
    }
    if (error instanceof ImageError) return `Cannot read ${plan.path} into ${plan.name}: ${error.message}`;
    if (error instanceof Refusal) return error.message;
    throw error;
  }

  #report(outcome: Outcome, message: string, findings: ImageFindings | null = null): JobReport {
    return { outcome, message, durationMs: this.#order.clock.nowMs() - this.#startedMs, findings };
  }
}

function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0;
}
