/** The steps of ordering an erase: a plan is made, shown, confirmed, sent. */
import { Refusal } from "@trofie/commands";
import type { ErasePlan, Reading } from "@trofie/contract";
import { useEffect, useState } from "react";
import type { StationClient } from "./station-watch.ts";

type EraseStep =
  | { readonly at: "planning" }
  | { readonly at: "planned"; readonly plan: ErasePlan; readonly hash: string }
  /** On its way, or waiting for the connection: it is sent until the station answers. */
  | { readonly at: "sending" }
  | { readonly at: "refused"; readonly message: string }
  /** The client gave up before the station answered. */
  | { readonly at: "unanswered"; readonly message: string };

export interface EraseOrder {
  readonly step: EraseStep;
  readonly planAgain: () => void;
  /** Sends the order to erase by the plan that is shown. */
  readonly start: (typed: string) => Promise<void>;
}

export interface EraseOptions {
  readonly client: StationClient;
  readonly path: string;
  readonly method: string;
  readonly reading: Reading;
  /** Told of the job's id, once the station has recorded it. */
  readonly onStarted: (job: string) => void;
}

export function useErase({ client, path, method, reading, onStarted }: EraseOptions): EraseOrder {
  const [step, setStep] = useState<EraseStep>({ at: "planning" });
  const [attempt, setAttempt] = useState(1);

  useEffect(() => {
    let isOurs = true;
    const show = (next: EraseStep): void => void (isOurs && setStep(next));
    show({ at: "planning" });
    client.query("erase.plan", { path, method, reading }).then(
      ({ plan, hash }) => show({ at: "planned", plan, hash }),
      (error: unknown) => show(afterError(error)),
    );
    return () => void (isOurs = false);
  }, [client, path, method, reading, attempt]);

  const start = async (typed: string): Promise<void> => {
    if (step.at !== "planned") return;
    const { hash } = step;
    setStep({ at: "sending" });
    try {
      onStarted(await client.operate("erase.start", { path, method, reading, hash, typed }).job);
    } catch (error) {
      setStep(afterError(error));
    }
  };

  return { step, planAgain: () => setAttempt(attempt + 1), start };
}

/** A refusal is an answer. Anything else means that there was none: the order may have been carried out. */
function afterError(error: unknown): EraseStep {
  if (error instanceof Refusal) return { at: "refused", message: refusalText(error) };
  return { at: "unanswered", message: String(error) };
}

function refusalText({ code, message }: Refusal): string {
  if (code !== "PLAN_CHANGED") return message;
  return "Not erased: the disk, or what it holds, is not what the plan was made for";
}
