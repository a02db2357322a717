/** What the plans of images say of their device beside what they do. */
import type { Content, Device } from "@trofie/contract";
import type { Found } from "../discovery/discover.ts";
import { likelyBytesPerSecond } from "../erase/make-plan.ts";

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
