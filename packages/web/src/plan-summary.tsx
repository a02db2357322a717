/** What an erase would do, to which disk. */
import {
  type ErasePlan,
  type PlannedPass,
  bytesText,
  durationText,
  exactBytesText,
  passText,
} from "@trofie/contract";
import { Contents } from "./contents.tsx";
import { Fact } from "./fact.tsx";
import { kindWords } from "./device-words.ts";
import { IdentityFacts } from "./identity-facts.tsx";

export function PlanSummary({ plan }: { plan: ErasePlan }) {
  const { path, identity, method, passes, level, estimatedMs, holds, warnings } = plan;
  return (
    <>
      <dl className="facts plan">
        <Fact name="Disk" fromDisk>
          <strong>{identity.model ?? kindWords[identity.kind]}</strong>, {bytesText(identity.sizeBytes)}{" "}
          <span className="faint">({exactBytesText(identity.sizeBytes)})</span>
        </Fact>
        <IdentityFacts path={path} identity={identity} />
        <Fact name="Holds">
          <Contents holds={holds} devicePath={path} />
        </Fact>
        <Fact name="Passes">{passes.map(plannedPassText).join("; ")}</Fact>
        <Fact name="Level">
          {level} <span className="faint">({method.source})</span>
        </Fact>
        <Fact name="Takes">about {durationText(estimatedMs)}</Fact>
      </dl>
      {warnings.length > 0 && (
        <ul className="warnings">
          {warnings.map((warning) => (
            <li key={warning} className="from-disk">
              {warning}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function plannedPassText({ patternHex, verified }: PlannedPass): string {
  return `${passText({ sweep: "write", patternHex })}${verified ? ", then every byte is read back" : ""}`;
}
