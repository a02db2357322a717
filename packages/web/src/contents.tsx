import type { Content } from "@trofie/contract";
import { bytesText } from "./format.ts";

/** What is on a disk: unmounted is not empty. */
export function Contents({ holds }: { holds: readonly Content[] }) {
  if (holds.length === 0) return <span className="faint">nothing that is recognised</span>;
  return (
    <ul className="contents">
      {holds.map(({ path, type, label, sizeBytes }) => (
        <li key={`${path} ${type}`} className="from-disk">
          {type}
          {label !== null && ` “${label}”`}{" "}
          <span className="faint">
            {bytesText(sizeBytes)} at <span className="mono">{path}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
