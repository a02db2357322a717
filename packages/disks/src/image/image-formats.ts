/** The formats of images: how a name tells them, how the first bytes prove them, and the programs that know them. */
import type { ImageFormat } from "@trofie/contract";

export interface Filter {
  readonly program: string;
  readonly args: readonly string[];
}

interface PackedFormat {
  readonly ending: string;
  readonly title: string;
  /** The first bytes of a file, in hex. */
  readonly magic: RegExp;
  /** From packed bytes to the content; must fail on anything but one whole archive. */
  readonly unpack: Filter;
  /** From the content to packed bytes. */
  readonly pack: (contentBytes: number) => Filter;
}

/**
 * Debian's own programs, and not Node's zlib: they know all of each format (an archive of several members or frames, of
 * which `zlib.createZstdDecompress` of Node 24 reads the first and reports success), and end with an error on what
 * follows an archive. They work beside us, on another processor.
 */
export const packedFormats: Readonly<Record<Exclude<ImageFormat, "raw">, PackedFormat>> = {
  gz: {
    ending: ".gz",
    title: "gzip archive",
    magic: /^1f8b08/, // RFC 1952 §2.3.1
    unpack: { program: "gzip", args: ["--decompress", "--stdout"] },
    pack: () => ({ program: "gzip", args: ["--stdout", "-4"] }),
  },
  xz: {
    ending: ".xz",
    title: "xz archive",
    magic: /^fd377a585a00/, // The .xz File Format §2.1.1.1
    unpack: {
      program: "xz",
      args: ["--decompress", "--stdout", "--format=xz", "--threads=0", "--memlimit-mt-decompress=256MiB"],
    },
    pack: () => ({ program: "xz", args: ["--stdout", "--threads=0", "-1"] }),
  },
  zst: {
    ending: ".zst",
    title: "zstd archive",
    magic: /^(28b52ffd|5[0-9a-f]2a4d18)/, // RFC 8878 §3.1.1 and §3.1.2 (skippable frames)
    unpack: { program: "zstd", args: ["--decompress", "--stdout", "--quiet"] },
    // With the size in its header, so that whoever writes it to a disk knows beforehand whether it fits.
    pack: (contentBytes) => ({
      program: "zstd",
      args: ["--stdout", "--quiet", "--threads=0", `--stream-size=${contentBytes}`],
    }),
  },
};

/** What nobody wants on a disk as it is; a raw image never begins like this. */
const notRaw: readonly (readonly [magic: RegExp, what: string])[] = [
  ...Object.values(packedFormats).map(
    ({ magic, title, ending }) =>
      [magic, `it is a ${title}, and its name does not end in ${ending}`] as const,
  ),
  [/^425a683\d314159265359/, "it is a bzip2 archive, and bzip2 is not read here"],
  [/^504b0304/, "it is a zip archive, and zip is not read here"],
  [/^377abcaf271c/, "it is a 7z archive, and 7z is not read here"],
  [/^514649fb/, "it is a qcow2 image, and has to be made a raw one first (qemu-img convert -O raw)"],
  [/^4b444d56/, "it is a VMDK image, and has to be made a raw one first (qemu-img convert -O raw)"],
  [/^7668647866696c65/, "it is a VHDX image, and has to be made a raw one first (qemu-img convert -O raw)"],
];

export function formatOf(name: string): ImageFormat {
  const lower = name.toLowerCase();
  const packed = (["gz", "xz", "zst"] as const).find((format) =>
    lower.endsWith(packedFormats[format].ending),
  );
  return packed ?? "raw";
}

/** What speaks against the file being of that format, by its first bytes; null when nothing does. */
export function doubtAbout(format: ImageFormat, firstBytes: Uint8Array): string | null {
  const hex = Buffer.from(firstBytes).toString("hex");
  if (format === "raw") return notRaw.find(([magic]) => magic.test(hex))?.[1] ?? null;
  const { magic, title } = packedFormats[format];
  return magic.test(hex) ? null : `it is no ${title}`;
}

/**
 * The size of the content that a zstd archive's first frame states (RFC 8878 §3.1.1.1). Null when it states none, and when
 * the archive visibly has more frames than one: it begins with a skippable one, or its content would be smaller than
 * the archive, or it ends with the seek table of the seekable format.
 */
export function zstdContentBytes(
  firstBytes: Uint8Array,
  lastBytes: Uint8Array,
  sizeBytes: number,
): number | null {
  const view = new DataView(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength);
  if (firstBytes.length < 18 || view.getUint32(0, true) !== 0xfd2fb528) return null;
  if (Buffer.from(lastBytes).toString("hex").endsWith("b1ea928f")) return null;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const stated = [
    () => (isSingleSegment ? view.getUint8(at) : null),
    () => view.getUint16(at, true) + 256,
    () => view.getUint32(at, true),
    () => Number(view.getBigUint64(at, true)),
  ][descriptor >> 6]!();
  if (stated === null || !Number.isSafeInteger(stated)) return null;
  const packedAtMost = stated + stated / 128 + 1024; // what cannot be compressed grows a little
  return sizeBytes > packedAtMost ? null : stated;
}
