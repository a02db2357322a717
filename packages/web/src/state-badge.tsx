import type { StateWords, Tone } from "./job-words.ts";

const signs: Readonly<Record<Tone, string>> = {
  busy: "▸",
  waiting: "…",
  good: "✓",
  warning: "!",
  bad: "✕",
  ended: "■",
};

/** A state as a sign, a colour and a word. */
export function StateBadge({ words }: { words: StateWords }) {
  return (
    <span className="state" data-tone={words.tone}>
      <span className="state-sign" aria-hidden="true">
        {signs[words.tone]}
      </span>
      <span>{words.title}</span>
    </span>
  );
}
