/** Says that what is shown may be old, since when, why, and what to do. */
import { timeText } from "./format.ts";
import type { Connection } from "./station-watch.ts";

interface Props {
  readonly connection: Connection;
  /** When the connection was lost; null when nothing is shown that could be old. */
  readonly asOfMs: number | null;
}

export function PossiblyOld({ connection, asOfMs }: Props) {
  if (connection.kind === "connected" || (asOfMs === null && !hasReason(connection))) return null;
  return (
    <div className="possibly-old">
      {asOfMs !== null && (
        <p>
          What you see is of {timeText(asOfMs)} and may be old. Jobs go on at the station, and nothing that
          you ordered is lost.
        </p>
      )}
      <WhatToDo connection={connection} />
    </div>
  );
}

function hasReason({ kind }: Connection): boolean {
  return kind !== "connecting";
}

function WhatToDo({ connection }: { connection: Connection }) {
  if (connection.kind === "waiting") return <p className="reason">{connection.reason}</p>;
  if (connection.kind === "stopped")
    return <p className="reason">{connection.reason}. Reload this page to begin anew.</p>;
  if (connection.kind === "session-ended")
    return (
      <p className="reason">
        Get a new link with <code>trofie page</code> and open it in this browser; then this page goes on by
        itself.
      </p>
    );
  return null;
}
