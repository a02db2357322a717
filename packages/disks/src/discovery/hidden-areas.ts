/**
 * Parts of an ATA disk beyond what is addressed: the host protected area (HPA) hides sectors behind a lowered end, the
 * device configuration overlay (DCO) behind a lowered native end (ACS-2 §4.9, §4.14). Only `hdparm` asks for them.
 */
import type { Device } from "@trofie/contract";
import type { Executed, Machine } from "../machine/machine.ts";

export type HiddenAreas = Device["hidden"];

/** What is asked for: the disk as the kernel sees it. */
export interface AskedDisk {
  readonly path: string;
  readonly sizeBytes: number;
  readonly logicalSectorBytes: number;
}

export const unknownAreas: HiddenAreas = { hpa: "unknown", dco: "unknown" };

const limitMs = 5000;

/** Asks the disk itself. Anything but a whole and sensible answer is `unknown`: exit codes are no evidence. */
export async function askHiddenAreas(machine: Machine, disk: AskedDisk): Promise<HiddenAreas> {
  const ends = endsOf(await machine.execute("hdparm", ["-N", disk.path], { limitMs }), disk);
  if (ends === null) return unknownAreas;
  const real = realEndOf(await machine.execute("hdparm", ["--dco-identify", disk.path], { limitMs }));
  return {
    hpa: ends.native > ends.visible ? "present" : "none",
    dco: real === null || real < ends.native ? "unknown" : real > ends.native ? "present" : "none",
  };
}

/**
 * " max sectors   = 625140335/625142448, HPA is enabled"; newer disks say ACCESSIBLE MAX ADDRESS for HPA. The first count
 * must be the kernel's: USB bridges have answered "0/1" with exit code 0.
 */
function endsOf(said: Executed | null, disk: AskedDisk): { visible: number; native: number } | null {
  const line = /^ max sectors +=  *(\d+)\/(\d+), (?:HPA is|ACCESSIBLE MAX ADDRESS) (enabled|disabled)$/m;
  const [, visible, native, state] = line.exec(answerOf(said)) ?? [];
  const ends = { visible: Number(visible), native: Number(native) };
  const isWhole = ends.visible * disk.logicalSectorBytes === disk.sizeBytes && ends.native >= ends.visible;
  const isConsistent = (state === "enabled") === ends.native > ends.visible;
  return isWhole && isConsistent ? ends : null;
}

/** "	Real max sectors: 625142448", unless the overlay's checksum is wrong. */
function realEndOf(said: Executed | null): number | null {
  const answer = answerOf(said);
  const real = /^\tReal max sectors: (\d+)$/m.exec(answer)?.[1];
  return real === undefined || answer.includes("FAILED") ? null : Number(real);
}

/** "SG_IO: bad/missing sense data" is how hdparm tells that the disk aborted the command; it then goes on with zeros. */
function answerOf(said: Executed | null): string {
  if (said === null || said.exitCode !== 0 || /bad\/missing sense/.test(said.stderr + said.stdout)) return "";
  return said.stdout;
}
