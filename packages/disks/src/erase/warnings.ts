/** What a plan says beside what it does: where this erase reaches less than a reader might take it for. */
import type { Content, Device, EraseWork, Identity, PlannedPass } from "@trofie/contract";
import type { Found } from "../discovery/discover.ts";
import { isSampled } from "./sample.ts";

/** `holds` is null when that could not be read in time. */
export function warningsOf(
  { device, isThroughMemory }: Pick<Found, "device" | "isThroughMemory">,
  work: Pick<EraseWork, "method" | "reading">,
  passes: readonly PlannedPass[],
  holds: Content[] | null,
): string[] {
  const written = passes.filter(({ kind }) => kind === "overwrite").length;
  const warnings: [boolean, string][] = [
    [holds === null, "What it holds could not be read; take it for full"],
    ...identityWarnings(device),
    [
      isThroughMemory && written > 0,
      "The file behind it is read through memory: verification will be no evidence (losetup --direct-io=on makes it so)",
    ],
    [
      isFlash(device) && written > 0,
      "Flash: overwriting does not reach spare and retired cells, which may keep old data",
    ],
    [
      isFlash(device) && written > 1,
      "Flash: more passes than one wear it and erase no more (NIST SP 800-88r2 §3.1.1 advises against them)",
    ],
    ...readingWarnings(device, work, written),
    ...hiddenWarnings(device, work),
    [
      passes.some(({ kind }) => kind === "discard"),
      "Discarding comes after the last verification, and proves nothing: what is read afterwards is up to the disk",
    ],
  ];
  return warnings.flatMap(([isDue, text]) => (isDue ? [text] : []));
}

function readingWarnings(
  { identity }: Device,
  { reading }: Pick<EraseWork, "reading">,
  written: number,
): [boolean, string][] {
  if (written === 0 || reading === "full") return [];
  if (!isSampled(identity.sizeBytes, reading)) {
    return [[true, "It is too small for samples: all of it is read back"]];
  }
  return [
    [
      reading === "sampled",
      "Only samples are read back, a tenth of the disk by the rule of NIST SP 800-88r1 §4.7: an error elsewhere is not seen",
    ],
    [
      reading === "quick",
      "Only a hundredth of the disk is read back: this conforms to no standard, and an error elsewhere is not seen",
    ],
  ];
}

/** A host protected area or a device configuration overlay is part of the medium and cannot be addressed. */
function hiddenWarnings({ hidden }: Device, { method }: Pick<EraseWork, "method">): [boolean, string][] {
  const areas = [
    ["host protected area (HPA)", hidden.hpa],
    ["device configuration overlay (DCO)", hidden.dco],
  ] as const;
  return areas.flatMap(([name, state]): [boolean, string][] => [
    [state === "present", `It has a ${name}: that part of the medium is not erased`],
    [
      state === "unknown" && method === "nist-clear",
      `Whether it has a ${name} is not known; that part would not be erased`,
    ],
  ]);
}

function isFlash({ identity, bus, rotational }: Device): boolean {
  return identity.kind === "disk" && bus !== "virtio" && (rotational === false || bus === "mmc");
}

function identityWarnings(device: Device): [boolean, string][] {
  const { identity } = device;
  return [
    [identity.busPath !== null, busPathWarning(device)],
    [
      hasNoName(identity),
      "It has no serial number, no WWN and no place on a bus: only model and size tell it from others",
    ],
  ];
}

function hasNoName({ kind, serial, wwn, busPath }: Identity): boolean {
  return kind === "disk" && serial === null && wwn === null && busPath === null;
}

function busPathWarning({ identity }: Device): string {
  const why =
    identity.serial === null && identity.wwn === null
      ? "It has neither serial number nor WWN"
      : "Another disk has the same serial number and WWN";
  return `${why}: it is recognised by where it is attached, ${identity.busPath}`;
}
