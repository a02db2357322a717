/** Has a plan confirmed: by the word given beforehand, or by a person who has read it. */
import { workVerbs, type ErasePlan, type ImageWritePlan } from "@trofie/contract";
import { Exit } from "./exit-codes.ts";
import { styled } from "./screen.ts";
import type { WorkTeller } from "./work-teller.ts";

/** A plan of work that destroys. */
export type DestructivePlan = ErasePlan | ImageWritePlan;

export interface Planned {
  readonly plan: DestructivePlan;
  readonly hash: string;
}

/** What was given beforehand of what would be asked for. */
export interface Given {
  /** The word to type. */
  readonly confirm?: string | undefined;
  /** The hash of the plan that somebody has seen. */
  readonly plan?: string | undefined;
  readonly json: boolean;
}

/** What starts exactly that plan. */
export interface Confirmation {
  readonly path: string;
  readonly hash: string;
  readonly typed: string;
}

/** Returns what starts the plan that was shown. Throws an `Exit` when it is not the one that was given, or not wanted. */
export async function confirmPlan(
  { plan, hash }: Planned,
  teller: WorkTeller,
  { confirm, plan: seen, json }: Given,
): Promise<Confirmation> {
  if (seen !== undefined && seen !== hash) {
    const what = `${workVerbs[plan.kind]} ${plan.path}`;
    throw new Exit("refused", `Cannot ${what}: its plan is ${hash} now, not ${seen}`, "PLAN_CHANGED");
  }
  const release = teller.hold();
  try {
    return { path: plan.path, hash, typed: confirm ?? (await askForWord(plan, json)) };
  } finally {
    release();
  }
}

const toDo: Readonly<Record<DestructivePlan["kind"], string>> = {
  erase: "to erase it",
  "image-write": "to write over it",
};

/** Asks until the word is right; an empty answer means no. */
async function askForWord({ kind, confirm, path }: DestructivePlan, json: boolean): Promise<string> {
  if (!process.stdin.isTTY || json)
    throw new Exit("usage", "Cannot ask for the word: there is no terminal (give it with --confirm)");
  const { input } = await import("@inquirer/prompts");
  const typed = await input({
    message: `Type ${styled("bold", confirm.word)}, ${confirm.what}, ${toDo[kind]}; nothing to leave it:`,
    validate: (text) => text === "" || text === confirm.word || `That is not ${confirm.word}`,
  });
  if (typed === "") throw new Exit("stopped", `Left ${path} as it is: it was not confirmed`);
  return typed;
}
