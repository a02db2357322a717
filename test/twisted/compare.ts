import { sameTrace, type Case, type ReceiverName, type Trace } from "./case.ts";
import { Dice } from "./dice.ts";
import { makeCase } from "./make-case.ts";
import { traceOfOurs } from "./ours.ts";
import type { ReactorModule } from "./reactor-module.ts";
import { caseForTwisted, expectedOfOurs } from "./reference.ts";
import { TwistedProcess } from "./twisted-process.ts";

export interface Disagreement {
  readonly case: Case;
  readonly expected: Trace;
  readonly ours: Trace;
}

export interface Comparison {
  readonly cases: number;
  readonly chunks: number;
  readonly differences: readonly Disagreement[];
}

export interface ComparisonPlan {
  readonly reactor: ReactorModule;
  readonly receivers: readonly ReceiverName[];
  readonly cases: number;
  readonly seed: number;
}

/** A case with what ours must say of it. */
export interface JudgedCase {
  readonly case: Case;
  readonly expected: Trace;
}

const BATCH = 1000;

/** Gives the same random cases to Twisted and to ours, and tells where they disagree. */
export async function compare({ reactor, receivers, cases, seed }: ComparisonPlan): Promise<Comparison> {
  const dice = new Dice(seed);
  const differences: Disagreement[] = [];
  let chunks = 0;
  await using twisted = new TwistedProcess();
  for (let done = 0; done < cases; done += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, cases - done) }, () => makeCase(dice, receivers));
    const judging = judge(twisted, batch);
    const ours = await Promise.all(batch.map((one) => traceOfOurs(reactor, one)));
    differences.push(...disagreements(await judging, ours));
    for (const one of batch) chunks += one.chunks.length;
  }
  return { cases, chunks, differences };
}

/** Asks Twisted what ours must say of these cases. */
export async function judge(twisted: TwistedProcess, cases: readonly Case[]): Promise<JudgedCase[]> {
  const traces = await twisted.tracesOf(cases.map(caseForTwisted));
  return cases.map((one, index) => ({ case: one, expected: expectedOfOurs(one, traces[index]!) }));
}

/** The cases of which ours says something else than it must. */
export function disagreements(judged: readonly JudgedCase[], ours: readonly Trace[]): Disagreement[] {
  return judged
    .map((one, index) => ({ ...one, ours: ours[index]! }))
    .filter(({ expected, ours: trace }) => !sameTrace(expected, trace));
}
