/** What the plans of images say of their device beside what they do. */
import { confirmationWord, type Content, type Device } from "@trofie/contract";
import type { Found } from "../discovery/discover.ts";
import { likelyBytesPerSecond } from "../erase/make-plan.ts";

export function wordOf({ path, identity }: Device): string {
  return confirmationWord(path, identity);
}

export function whatTheWordIs({ identity }: Device): string {
  if (identity.serial !== null) return "the last four characters of its serial number";
  return identity.kind === "practice" ? "the name of its file" : "its name, for it has no serial number";
}

export function likelyMs(device: Device, bytes: number): number {
  return Math.ceil((bytes / likelyBytesPerSecond(device)) * 1000);
}

export function planWarnings(
  { device, isThroughMemory }: Pick<Found, "device" | "isThroughMemory">,
  holds: Content[] | null,
): string[] {
  const { identity } = device;
  return [
    ...(holds === null ? ["What it holds could not be read; take it for full"] : []),
    ...(identity.busPath === null
      ? []
      : [
          `It is recognised by where it is attached, ${identity.busPath}: no serial number or WWN is its alone`,
        ]),
    ...(isThroughMemory
      ? [
          "The file behind it is read through memory: reading back will be no evidence (losetup --direct-io=on makes it so)",
        ]
      : []),
  ];
}
