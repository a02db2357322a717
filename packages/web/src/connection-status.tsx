/** Whether what is shown is what is: always visible, in words. */
import { useEffect, useState } from "react";
import type { Connection } from "./station-watch.ts";

interface Props {
  readonly connection: Connection;
  readonly onRetry: () => void;
}

const titles: Readonly<Record<Connection["kind"], string>> = {
  connected: "Connected",
  connecting: "Connecting…",
  waiting: "Not connected",
  stopped: "Disconnected for good",
  "session-ended": "Session ended",
};

export function ConnectionStatus({ connection, onRetry }: Props) {
  return (
    <div className="connection" data-kind={connection.kind}>
      <p role="status" className="connection-title">
        {titles[connection.kind]}
      </p>
      {connection.kind === "waiting" && (
        <>
          <Countdown untilMs={connection.retryAtMs} />
          <button type="button" className="quiet" onClick={onRetry}>
            Try now
          </button>
        </>
      )}
    </div>
  );
}

function Countdown({ untilMs }: { untilMs: number }) {
  const nowMs = useNowMs(250);
  return <p className="countdown">tries again in {Math.max(0, Math.ceil((untilMs - nowMs) / 1000))} s</p>;
}

function useNowMs(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
