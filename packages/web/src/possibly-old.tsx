/** Says that what is shown may be old, since when, why, and what to do. */
import { timeText } from "@trofie/contract";
import type { Connection } from "./station-watch.ts";

interface Props {
  readonly connection: Connection;
  /** When the connection was lost; null when nothing is shown that could be old. */
  readonly asOfMs: number | null;
}

export function PossiblyOld({ connection, asOfMs }: Props) {
  if (connection.kind === "connected") return null;
  return (
    <div className="possibly-old">
      {asOfMs !== null && (
        <p>
          <strong>What you see is of {timeText(asOfMs)} and may be old.</strong>
        </p>
      )}
      <Advice connection={connection} />
    </div>
  );
}

function Advice({ connection }: { connection: Connection }) {
  switch (connection.kind) {
    case "waiting":
      return (
        <p>
          {connection.reason}. A lost connection stops no job, and what you order here is kept until the
          station is back.
        </p>
      );
    case "session-ended":
      return (
        <p>
          Get a new link with <code>trofie page</code> and open it in this browser; then this page goes on by
          itself.
        </p>
      );
    case "stopped":
      return <p>{connection.reason}. Reload this page to begin anew.</p>;
    default:
      return null;
  }
}
