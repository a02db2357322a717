import {
  deviceKey,
  holdsDevice,
  progressOf,
  type Device,
  type Job,
  type StationView,
} from "@trofie/contract";
import { DeviceCard } from "./device-card.tsx";

interface Props {
  readonly view: StationView;
  readonly onErase: (device: Device) => void;
}

/** "loop2" before "loop11". */
const byNumber = new Intl.Collator("en", { numeric: true });

/** The disks that can be erased, then those that cannot; each group by path. */
export function DeviceList({ view, onErase }: Props) {
  const devices = [...view.devices.values()].toSorted(
    (a, b) => Number(a.refusal !== null) - Number(b.refusal !== null) || byNumber.compare(a.path, b.path),
  );
  const jobs = jobsAtDevices(view);
  return (
    <section aria-labelledby="disks">
      <h2 id="disks">
        Disks <span className="count">{devices.length}</span>
      </h2>
      {devices.length === 0 && <p className="empty">The station finds no disk.</p>}
      <ul className="cards">
        {devices.map((device) => {
          const job = jobs.get(deviceKey(device.identity));
          return (
            <li key={device.path}>
              <DeviceCard
                device={device}
                job={job}
                progress={progressOf(view, job)}
                onErase={() => onErase(device)}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** The job to show with each device, by the device's key: the one that has it, else the next in its queue. */
function jobsAtDevices({ jobs }: StationView): ReadonlyMap<string, Job> {
  const inOrder = [...jobs.values()];
  const next = inOrder.filter(({ state }) => state === "queued").toReversed();
  const holding = inOrder.filter(({ state }) => holdsDevice(state));
  return new Map([...next, ...holding].map((job) => [deviceKey(job.identity), job]));
}
