/** Images for tests: files in a folder of their own, made by the formats' own programs. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ImageFormat } from "@trofie/contract";
import { formatOf } from "../image-formats.ts";

const packers: Readonly<Record<Exclude<ImageFormat, "raw">, readonly string[]>> = {
  gz: ["gzip", "--stdout", "-1"],
  xz: ["xz", "--stdout", "-0"],
  zst: ["zstd", "--stdout", "--quiet"],
};

export class ImageBench {
  readonly folder: string;

  constructor(above: string) {
    this.folder = join(above, "images");
    mkdirSync(this.folder);
  }

  /** Keeps the bytes as they are. */
  put(name: string, bytes: Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** Keeps the content in the format that the name says. */
  pack(name: string, bytes: Uint8Array): string {
    return this.put(name, packed(name, bytes));
  }

  read(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }
}

export function packed(name: string, bytes: Uint8Array): Buffer {
  const format = formatOf(name);
  if (format === "raw") return Buffer.from(bytes);
  const [program = "", ...args] = packers[format];
  const size = format === "zst" ? [`--stream-size=${bytes.length}`] : [];
  return runWith(bytes, program, ...args, ...size);
}

export function unpacked(name: string, bytes: Uint8Array): Buffer {
  const format = formatOf(name);
  if (format === "raw") return Buffer.from(bytes);
  return runWith(bytes, packers[format][0] ?? "", "--decompress", "--stdout");
}

/** Runs a program that reads those bytes, and gives what it writes. */
export function runWith(input: Uint8Array | string, program: string, ...args: string[]): Buffer {
  return execFileSync(program, args, { input, maxBuffer: 1 << 30, stdio: ["pipe", "pipe", "pipe"] });
}

/** Bytes that can be compressed a little, and are another at each place. */
export function content(lengthBytes: number, salt = 1): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  for (let offset = 0, word = salt; offset + 4 <= lengthBytes; offset += 4) {
    word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE(offset % 8192 < 4096 ? word : offset, offset);
  }
  return bytes;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
