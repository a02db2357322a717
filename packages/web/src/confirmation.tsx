/** A plan, and the word that has to be typed before it is carried out. */
import { type ErasePlan, nameOf } from "@trofie/contract";
import { useState, type FormEvent, type ReactNode } from "react";
import { PlanSummary } from "./plan-summary.tsx";

interface Props {
  readonly plan: ErasePlan;
  readonly onStart: (typed: string) => Promise<void>;
  /** The other way out. */
  readonly children: ReactNode;
}

export function Confirmation({ plan, onStart, children }: Props) {
  const [typed, setTyped] = useState("");
  const { word, what } = plan.confirm;
  const isConfirmed = typed === word;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isConfirmed) void onStart(typed);
  };
  return (
    <form onSubmit={submit}>
      <PlanSummary plan={plan} />
      <label className="field">
        <span>
          Type <strong className="from-disk mono">{word}</strong>, {what}
        </span>
        <input
          type="text"
          className="mono"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
        />
      </label>
      <div className="actions">
        {children}
        <button type="submit" className="danger" disabled={!isConfirmed}>
          Erase {nameOf(plan.path)}
        </button>
      </div>
    </form>
  );
}
