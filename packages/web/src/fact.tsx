import type { ReactNode } from "react";

interface Props {
  readonly name: string;
  /** Set for text that was read from a disk: it is kept apart from the text around it, whatever it says. */
  readonly fromDisk?: boolean;
  readonly mono?: boolean;
  readonly children: ReactNode;
}

/** One line of a list of facts; shown only if there is something to show. */
export function Fact({ name, fromDisk = false, mono = false, children }: Props) {
  if (children === null) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd className={[fromDisk && "from-disk", mono && "mono"].filter(Boolean).join(" ")}>{children}</dd>
    </>
  );
}
