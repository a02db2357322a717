import { type Content, bytesText } from "@trofie/contract";

interface Props {
  readonly holds: readonly Content[];
  /** The device's own path, which need not be said. */
  readonly devicePath: string;
}

/** What is on a disk: unmounted is not empty. */
export function Contents({ holds, devicePath }: Props) {
  if (holds.length === 0) return <span className="faint">nothing found</span>;
  return (
    <ul className="contents">
      {holds.map(({ path, type, label, sizeBytes }) => (
        <li key={`${path} ${type}`} className="from-disk">
          {type}
          {label !== null && ` “${label}”`}{" "}
          <span className="faint">
            {bytesText(sizeBytes)}
            {path !== devicePath && (
              <>
                {" "}
                at <span className="mono">{path}</span>
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
