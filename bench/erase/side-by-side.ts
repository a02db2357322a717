/** Every peer and ours, one after the other on each device, round by round. */
import { join } from "node:path";
import { inRounds } from "../figures/rounds.ts";
import { root } from "../lines/folders.ts";
import { measure, type Sample } from "./measure.ts";
import type { OurFigures } from "./ours.ts";
import type { OurWork } from "./our-work.ts";
import { peers } from "./peers.ts";
import { isInstalled, type TestDevice } from "./test-devices.ts";

/** One measurement of each round. */
export interface Series {
  readonly peer: string;
  readonly work: OurWork;
  readonly device: TestDevice;
  readonly samples: readonly Sample[];
  /** What our job's process alone took; of ours only. */
  readonly ours: readonly OurFigures[];
}

export const ours = "ours";
const ourWorks: readonly OurWork[] = ["zero", "random", "zero+verify", "random+verify", "verify"];

interface Turn {
  readonly name: string;
  readonly peer: string;
  readonly work: OurWork;
  readonly device: TestDevice;
  readonly run: () => Promise<Sample>;
}

/**
 * `small`: for ours alone, to know what a job's process costs whatever the size.
 * Before each verification alone the device holds zeros, for all who read it.
 */
export async function measureSideBySide(
  devices: readonly TestDevice[],
  small: TestDevice,
  rounds: number,
): Promise<{ series: Series[]; absent: string[] }> {
  const absent = [...new Set(peers.map(({ program }) => program))].filter((program) => !isInstalled(program));
  const turns = [
    ...devices.flatMap((device) => [...theirTurns(device, absent), ...ourTurns(device)]),
    ...ourTurns(small),
  ];
  const samples = await inRounds(rounds, turns, ({ run }) => run());
  const series = turns.map(({ name, peer, work, device }) => {
    const own = samples.get(name) ?? [];
    return { peer, work, device, samples: own, ours: peer === ours ? own.map(figuresOf) : [] };
  });
  return { series, absent };
}

function theirTurns(device: TestDevice, absent: readonly string[]): Turn[] {
  return peers
    .filter(({ program, on = () => true }) => !absent.includes(program) && on(device))
    .map(({ name, work, program, args, exitCodes }) => ({
      name: `${device.name} ${work} ${name}`,
      peer: name,
      work,
      device,
      run: () => withZeros(device, work, () => measure(device, program, args(device), exitCodes)),
    }));
}

function ourTurns(device: TestDevice): Turn[] {
  return ourWorks.map((work) => ({
    name: `${device.name} ${work} ${ours}`,
    peer: ours,
    work,
    device,
    run: () => withZeros(device, work, () => runOurs(device, work)),
  }));
}

/** Ours in a Node.js of its own, on the compiled packages. */
function runOurs(device: TestDevice, work: OurWork): Promise<Sample> {
  return measure(device, process.execPath, [join(root, "bench/erase/ours.ts"), device.path, work]);
}

async function withZeros(device: TestDevice, work: OurWork, run: () => Promise<Sample>): Promise<Sample> {
  if (work === "verify") await runOurs(device, "zero");
  return run();
}

function figuresOf({ stdout }: Sample): OurFigures {
  return JSON.parse(stdout) as OurFigures;
}
