/** Has a plan confirmed: by the word given beforehand, or by a person who has read it. */
import type { ErasePlan, ImageWritePlan } from "@trofie/contract";
import { Exit } from "./exit-codes.ts";
import { styled } from "./screen.ts";
import type { WorkTeller } from "./work-teller.ts";

/** A plan of work that destroys. */
export type DestructivePlan = ErasePlan | ImageWritePlan;

interface Planned {
  readonly plan: DestructivePlan;
  readonly hash: string;
}

/** What starts exactly that plan. */
export interface Confirmation {
  readonly path: string;
  readonly hash: string;
  readonly typed: string;
}

/** Shows the plan, and returns what starts it. */
export async function confirmPlan(
  { plan, hash }: Planned,
  teller: WorkTeller,
  { confirm, json }: { readonly confirm?: string | undefined; readonly json: boolean },
): Promise<Confirmation> {
  teller.planned(plan, hash);
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
