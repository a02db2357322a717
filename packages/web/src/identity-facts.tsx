import type { Identity } from "@trofie/contract";
import { Fact } from "./fact.tsx";

interface Props {
  readonly path: string;
  readonly identity: Identity;
}

/** Where a device is found, and what tells it from all others. */
export function IdentityFacts({ path, identity }: Props) {
  return (
    <>
      <Fact name="Path" fromDisk mono>
        {path}
      </Fact>
      <Fact name="Serial" fromDisk mono>
        {identity.serial}
      </Fact>
      <Fact name="WWN" fromDisk mono>
        {identity.wwn}
      </Fact>
      <Fact name="Place" fromDisk mono>
        {identity.busPath}
      </Fact>
      <Fact name="File" fromDisk mono>
        {identity.kind === "loop" ? identity.backing : null}
      </Fact>
    </>
  );
}
