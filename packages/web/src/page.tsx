/** The whole page: who it talks to, the disks, the jobs. */
import type { Device, StationView } from "@trofie/contract";
import { useState, useSyncExternalStore } from "react";
import { ConnectionStatus } from "./connection-status.tsx";
import { DeviceList } from "./device-list.tsx";
import { EraseDialog } from "./erase-dialog.tsx";
import { JournalWarning } from "./journal-warning.tsx";
import { JobList } from "./job-list.tsx";
import { PossiblyOld } from "./possibly-old.tsx";
import type { StationClient, StationWatch } from "./station-watch.ts";

export function Page({ client, watch }: { client: StationClient; watch: StationWatch }) {
  const { connection, station, view, asOfMs, forgot } = useSyncExternalStore(watch.subscribe, watch.read);
  return (
    <>
      <header className="masthead">
        <div className="masthead-line">
          <img className="logo" src="/favicon.svg" alt="" width="32" height="32" />
          <h1>Trofie</h1>
          <p className="station">{[station, location.host].filter(Boolean).join(" · ")}</p>
          <ConnectionStatus connection={connection} onRetry={() => client.retryNow()} />
        </div>
        <PossiblyOld connection={connection} asOfMs={view && asOfMs} />
        <JournalWarning forgot={forgot} onNoted={watch.forgettingNoted} />
      </header>
      {view ? (
        <Station client={client} view={view} isConnected={connection.kind === "connected"} />
      ) : (
        <main className="empty">Waiting for the station to say what it has…</main>
      )}
    </>
  );
}

interface StationProps {
  readonly client: StationClient;
  readonly view: StationView;
  readonly isConnected: boolean;
}

function Station({ client, view, isConnected }: StationProps) {
  const [erasing, setErasing] = useState<Device | null>(null);
  const [startedJob, setStartedJob] = useState<string | null>(null);
  const ended = (job: string | null): void => {
    setErasing(null);
    setStartedJob(job);
  };
  return (
    <main className={isConnected ? "station-view" : "station-view is-old"}>
      <DeviceList view={view} onErase={setErasing} />
      <JobList client={client} view={view} startedJob={startedJob} />
      {erasing && <EraseDialog client={client} device={erasing} isConnected={isConnected} onClose={ended} />}
    </main>
  );
}
