/** One disk: what it is, who uses it, what it holds, and why it cannot be erased or the way to do so. */
import {
  type Device,
  type Job,
  type Progress,
  exactBytesText,
  nameOf,
  percentOf,
  sizeText,
} from "@trofie/contract";
import { useId } from "react";
import { Contents } from "./contents.tsx";
import { busText, hiddenText, kindWords } from "./device-words.ts";
import { Fact } from "./fact.tsx";
import { IdentityFacts } from "./identity-facts.tsx";
import { wordsOf } from "./job-words.ts";
import { StateBadge } from "./state-badge.tsx";

interface Props {
  readonly device: Device;
  /** The job that has the device. */
  readonly job: Job | undefined;
  readonly progress: Progress | undefined;
  readonly onErase: () => void;
}

export function DeviceCard({ device, job, progress, onErase }: Props) {
  const { path, identity, refusal } = device;
  const titleId = useId();
  const reasonId = useId();
  return (
    <article className="card device" aria-labelledby={titleId} data-refused={refusal !== null}>
      <header className="card-head">
        <div>
          <h3 id={titleId} className="from-disk">
            {nameOf(path)}
          </h3>
          <p className="from-disk subtitle">{identity.model ?? kindWords[identity.kind]}</p>
        </div>
        <data className="size" value={identity.sizeBytes} title={exactBytesText(identity.sizeBytes)}>
          {sizeText(identity)}
        </data>
      </header>
      {job && (
        <p className="device-job">
          <StateBadge words={wordsOf(job)} />
          {progress && `${percentOf(progress.bytesDone, progress.bytesTotal)} %`}
        </p>
      )}
      <div className="card-body">
        <DeviceFacts device={device} />
        <button
          type="button"
          className="danger-quiet"
          disabled={refusal !== null}
          aria-describedby={refusal ? reasonId : titleId}
          onClick={onErase}
        >
          Erase…
        </button>
      </div>
      {refusal && (
        <p className="refusal" id={reasonId}>
          {refusal.message}
        </p>
      )}
    </article>
  );
}

function DeviceFacts({ device }: { device: Device }) {
  const { path, identity, uses, holds, temperatureC } = device;
  return (
    <dl className="facts">
      <IdentityFacts path={path} identity={identity} />
      <Fact name="Bus">{busText(device)}</Fact>
      <Fact name="Temperature">{temperatureC === null ? null : `${Math.round(temperatureC)} °C`}</Fact>
      <Fact name="Hidden">{hiddenText(device)}</Fact>
      <Fact name="Used" fromDisk>
        {uses.length === 0 ? null : uses.join("; ")}
      </Fact>
      <Fact name="Holds">{holds.length === 0 ? null : <Contents holds={holds} devicePath={path} />}</Fact>
    </dl>
  );
}
