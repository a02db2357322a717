/** What an erase would do, to which disk. */
import {
  type ErasePlan,
  bytesText,
  durationText,
  exactBytesText,
  giveUpText,
  plannedPassesText,
  readBackText,
} from "@trofie/contract";
import { Contents } from "./contents.tsx";
import { Fact } from "./fact.tsx";
import { kindWords } from "./device-words.ts";
import { IdentityFacts } from "./identity-facts.tsx";
import { Warnings } from "./warnings.tsx";

export function PlanSummary({ plan }: { plan: ErasePlan }) {
  const { path, identity, method, level, estimatedMs, holds, warnings } = plan;
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
        <Fact name="Passes">{plannedPassesText(plan)}</Fact>
        <Fact name="Read back">{readBackText(plan)}</Fact>
        <Fact name="Gives up">{giveUpText(plan.giveUp)}</Fact>
        <Fact name="Level">
          {level} <span className="faint">({method.source})</span>
        </Fact>
        <Fact name="Takes">{estimatedMs > 0 ? `about ${durationText(estimatedMs)}` : null}</Fact>
      </dl>
      <Warnings texts={warnings} />
    </>
  );
}
