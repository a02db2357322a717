/** The rules by which a disk's health is judged, as one table. The worst of those that apply is the verdict. */
import type { HealthFindings } from "@trofie/contract";
import type { Count, Drive } from "./drive.ts";

type Verdict = HealthFindings["verdict"];

interface Rule {
  readonly verdict: Exclude<Verdict, "ok">;
  /** The reason in a sentence when it applies, else null. */
  readonly reason: (drive: Drive) => string | null;
}

/**
 * Beyond these. The hours and the starts are what Pesto's rules had learned from the disks of its owners; a disk with more
 * than three reallocated sectors was one that failed there.
 */
export const healthLimits = {
  powerOnHours: 37_177,
  startStops: 13_877,
  reallocatedOfRotating: 3,
  percentageUsed: 99,
} as const;

const more = (drive: Drive, count: Count, than: number, words: (n: number) => string): string | null => {
  const found = drive.counts[count] ?? 0;
  return found > than ? words(found) : null;
};

export const healthRules: readonly Rule[] = [
  // fail: the disk says so itself, or it has begun to lose more than a few sectors.
  {
    verdict: "fail",
    reason: ({ selfAssessment }) =>
      selfAssessment === "failed" ? "The disk says of itself that it is failing" : null,
  },
  {
    verdict: "fail",
    reason: ({ failing, exit }) =>
      namesIn(failing, "at or below the threshold that announces a failure") ??
      (exit.has("attributesFailing") ? "An attribute is below the threshold that announces a failure" : null),
  },
  { verdict: "fail", reason: ({ criticalWarning }) => criticalWarningInWords(criticalWarning) },
  {
    verdict: "fail",
    reason: (drive) =>
      drive.isRotational
        ? more(
            drive,
            "reallocated",
            healthLimits.reallocatedOfRotating,
            (n) => `${n} sectors had to be reallocated`,
          )
        : null,
  },
  // sus: something was lost once, or cannot be read now. An erase may heal pending sectors: check again after it.
  {
    verdict: "sus",
    reason: (drive) =>
      drive.isRotational && (drive.counts.reallocated ?? 0) > healthLimits.reallocatedOfRotating
        ? null
        : more(drive, "reallocated", 0, (n) => `${sectors(n)} had to be reallocated`),
  },
  {
    verdict: "sus",
    reason: (drive) =>
      more(drive, "pending", 0, (n) => `${sectors(n)} cannot be read and wait to be written`),
  },
  {
    verdict: "sus",
    reason: (drive) => more(drive, "uncorrectable", 0, (n) => `${errors(n)} could not be corrected`),
  },
  {
    verdict: "sus",
    reason: (drive) =>
      more(drive, "reported", 0, (n) => `${errors(n)} that could not be corrected ${were(n)} reported`),
  },
  { verdict: "sus", reason: (drive) => more(drive, "mediaErrors", 0, (n) => `${errors(n)} of the medium`) },
  {
    verdict: "sus",
    reason: ({ counts: { spare, spareThreshold } }) =>
      spare !== undefined && spareThreshold !== undefined && spare < spareThreshold
        ? `Of its spare blocks ${spare} % are left, less than its threshold of ${spareThreshold} %`
        : null,
  },
  { verdict: "sus", reason: ({ pastFailing }) => namesIn(pastFailing, "once at or below the threshold") },
  {
    verdict: "sus",
    reason: ({ counts: { failedSelfTests = 0 }, exit }) =>
      failedSelfTests > 0 || exit.has("selfTestsFailed") ? "A self-test found a failure" : null,
  },
  // old: sound, but used up.
  {
    verdict: "old",
    reason: ({ powerOnHours }) =>
      powerOnHours !== null && powerOnHours > healthLimits.powerOnHours
        ? `It was on for ${grouped(powerOnHours)} hours, more than ${grouped(healthLimits.powerOnHours)}`
        : null,
  },
  {
    verdict: "old",
    reason: (drive) =>
      drive.isRotational
        ? more(
            drive,
            "startStops",
            healthLimits.startStops,
            (n) => `Its motor was started ${grouped(n)} times`,
          )
        : null,
  },
  {
    verdict: "old",
    reason: (drive) =>
      more(
        drive,
        "percentageUsed",
        healthLimits.percentageUsed,
        (n) => `${n} % of the writing it is made for is used up`,
      ),
  },
  {
    verdict: "old",
    reason: ({ wornOut }) => namesIn(wornOut, "at or below the threshold that measures age"),
  },
];

/** The worst verdict, and the reasons from the worst down. */
export function judge(drive: Drive): { readonly verdict: Verdict; readonly reasons: string[] } {
  const applying = healthRules.flatMap(({ verdict, reason }) => {
    const words = reason(drive);
    return words === null ? [] : [{ verdict, words }];
  });
  return { verdict: applying[0]?.verdict ?? "ok", reasons: applying.map(({ words }) => words) };
}

/** NVM Express Base Specification 2.0, figure 207, byte 0. */
const criticalWarnings = [
  "its spare blocks are below their threshold",
  "it is too hot or too cold",
  "it has become unreliable by errors of its medium",
  "its medium takes no writes any more",
  "the backup of its volatile memory has failed",
  "its persistent memory region takes no writes any more",
] as const;

function criticalWarningInWords(bits: number): string | null {
  const words = criticalWarnings.filter((_, bit) => (bits & (1 << bit)) !== 0);
  if (bits === 0) return null;
  return `It gives a critical warning: ${words.length === 0 ? `number ${bits}` : words.join(", ")}`;
}

function namesIn(names: readonly string[], where: string): string | null {
  if (names.length === 0) return null;
  return `${names.join(", ")} ${were(names.length, where.startsWith("once"))} ${where}`;
}

function were(n: number, isPast = true): string {
  if (isPast) return n === 1 ? "was" : "were";
  return n === 1 ? "is" : "are";
}

function sectors(n: number): string {
  return n === 1 ? "1 sector" : `${grouped(n)} sectors`;
}

function errors(n: number): string {
  return n === 1 ? "1 error" : `${grouped(n)} errors`;
}

function grouped(n: number): string {
  return n.toLocaleString("en");
}
