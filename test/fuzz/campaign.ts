/** Many executions from one seed: the same seed makes the same ones. */
import type { Breach } from "./breach.ts";
import { Chance } from "./chance.ts";
import { Fuzzer, type FuzzerOptions } from "./fuzzer.ts";
import { fuzzInput, type End, type FuzzInput } from "./fuzz-input.ts";
import { shrink } from "./shrink.ts";

export interface CampaignOptions extends FuzzerOptions {
  readonly seed: number;
  /** The number of the first execution; a multiple of `worldExecutions` to begin as the campaign from 0 did there. */
  readonly from?: number;
  readonly execs: number;
  readonly end?: End;
  /** Told before each execution. */
  readonly began?: (execution: number) => void;
  /** Told of the first execution that broke in some way. */
  readonly found?: (finding: Finding) => void;
  /** Asked before each execution: true when there are to be no more. */
  readonly isStopped?: () => boolean;
  /** It ends when so many ways of breaking were found. */
  readonly mostFindings?: number;
}

export interface Finding {
  readonly execution: number;
  readonly breach: Breach;
  /** The shortest input that breaks alone; the whole one when it breaks only after what came before. */
  readonly shortest: FuzzInput;
  readonly breaksAlone: boolean;
}

export interface Outcome {
  readonly execs: number;
  readonly crashes: number;
  readonly hangs: number;
  readonly findings: readonly Finding[];
}

/** So many executions share a station and a clock; then they begin anew. */
export const worldExecutions = 256;

export async function runCampaign(options: CampaignOptions): Promise<Outcome> {
  const { seed, from = 0, execs, end = "both", began, found, isStopped, mostFindings = 8 } = options;
  const findings = new Map<string, Finding>();
  const count = { crash: 0, hang: 0 };
  using fuzzer = new Fuzzer(options);
  let execution = from;
  for (; execution < from + execs && findings.size < mostFindings; execution += 1) {
    if (isStopped?.()) break;
    if (execution % worldExecutions === 0) fuzzer.renew();
    began?.(execution);
    const input = fuzzInput(Chance.of(seed, execution), end);
    const breach = await fuzzer.execute(input);
    if (!breach) continue;
    count[breach.kind] += 1;
    const kind = kindOf(breach);
    if (findings.has(kind)) continue;
    const finding = { execution, breach, ...(await shortened(input, fuzzer)) };
    findings.set(kind, finding);
    found?.(finding);
  }
  return {
    execs: execution - from,
    crashes: count.crash,
    hangs: count.hang,
    findings: [...findings.values()],
  };
}

async function shortened(
  input: FuzzInput,
  fuzzer: Fuzzer,
): Promise<Pick<Finding, "shortest" | "breaksAlone">> {
  const breaks = async (shorter: FuzzInput): Promise<boolean> => {
    fuzzer.renew();
    return (await fuzzer.execute(shorter)) !== null;
  };
  if (!(await breaks(input))) return { shortest: input, breaksAlone: false };
  return { shortest: await shrink(input, breaks), breaksAlone: true };
}

/** Breaches that differ only in numbers, names and ids are of one kind. */
function kindOf({ message }: Breach): string {
  return message.replaceAll(/"[^"]*"|[0-9a-f]{4,}|\d+/g, "#").slice(0, 120);
}
