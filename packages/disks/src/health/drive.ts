/** What a disk says of its health, in one shape for ATA, NVMe and SCSI. */
import type { HealthFindings } from "@trofie/contract";
import { printable } from "../machine/printable.ts";
import { exitBitsOf, type ExitBit } from "./exit-bits.ts";
import type { AtaAttribute, Smartctl } from "./smartctl-json.ts";

type Attribute = HealthFindings["attributes"][number];

/** What a disk says of itself. Null, or not among the counts, is what it does not say. */
export interface Drive extends Pick<
  HealthFindings,
  "temperatureC" | "powerOnHours" | "powerCycles" | "selfAssessment" | "attributes"
> {
  readonly isRotational: boolean;
  /** Attributes at or below their threshold: those that announce a failure, and those that only measure age. */
  readonly failing: readonly string[];
  readonly pastFailing: readonly string[];
  readonly wornOut: readonly string[];
  /** What smartctl's exit status says, which may be more than the tables hold. */
  readonly exit: ReadonlySet<ExitBit>;
  /** NVMe's bits of critical warning; 0 of the others. */
  readonly criticalWarning: number;
  readonly counts: Readonly<Partial<Record<Count, number>>>;
}

export type Count =
  | "reallocated"
  | "pending"
  | "uncorrectable"
  | "reported"
  | "mediaErrors"
  | "spare"
  | "spareThreshold"
  | "percentageUsed"
  | "startStops"
  | "failedSelfTests";

export function driveOf(said: Smartctl): Drive {
  const table = (said.ata_smart_attributes?.table ?? []).slice(0, 255);
  const named = (when: string, isPrefail: boolean) =>
    table
      .filter((row) => row.when_failed === when && (row.flags?.prefailure ?? true) === isPrefail)
      .map(nameOf);
  const exit = exitBitsOf(said.smartctl?.exit_status ?? 0);
  return {
    exit,
    isRotational: typeof said.rotation_rate === "number" && said.rotation_rate > 0,
    temperatureC: temperatureOf(said),
    powerOnHours: said.power_on_time?.hours ?? null,
    powerCycles:
      said.power_cycle_count ?? said.scsi_start_stop_cycle_counter?.accumulated_start_stop_cycles ?? null,
    selfAssessment: selfAssessmentOf(said, exit),
    attributes: [...table.map(ataAttribute), ...nvmeAttributes(said), ...scsiAttributes(said)],
    failing: named("now", true),
    pastFailing: [...named("past", true), ...named("past", false)],
    wornOut: named("now", false),
    criticalWarning: said.nvme_smart_health_information_log?.["critical_warning"] ?? 0,
    counts: withoutUnknown({ ...ataCounts(said, table), ...nvmeCounts(said), ...scsiCounts(said) }),
  };
}

function selfAssessmentOf(said: Smartctl, exit: ReadonlySet<ExitBit>): Drive["selfAssessment"] {
  if (exit.has("failing")) return "failed";
  const passed = said.smart_status?.passed;
  if (passed === undefined) return null;
  return passed ? "passed" : "failed";
}

/** SAS disks that do not have the temperature page are given 0 degrees. */
function temperatureOf(said: Smartctl): number | null {
  const current = said.temperature?.current;
  const reported = said.scsi_environmental_reports?.temperature_1?.current;
  return (current === 0 ? reported : current) ?? reported ?? null;
}

function ataAttribute(row: AtaAttribute): Attribute {
  const when = row.when_failed;
  return {
    id: row.id ?? null,
    name: nameOf(row),
    value: printable(row.raw?.string ?? null)?.slice(0, 100) ?? String(row.raw?.value ?? ""),
    failed: when === "now" || when === "past" ? when : "never",
  };
}

function nameOf({ name, id }: AtaAttribute): string {
  return printable(name ?? null)?.slice(0, 100) ?? `attribute ${id}`;
}

function nvmeAttributes({ nvme_smart_health_information_log: log }: Smartctl): Attribute[] {
  return Object.entries(log ?? {}).flatMap(([name, value]) =>
    typeof value === "number" ? [plainAttribute(name, value)] : [],
  );
}

function scsiAttributes(said: Smartctl): Attribute[] {
  const defects = said.scsi_grown_defect_list;
  const counters = Object.entries(said.scsi_error_counter_log ?? {}).flatMap(([operation, log]) =>
    Object.entries(log ?? {}).map(([name, value]) => plainAttribute(`${operation}_${name}`, value)),
  );
  return [...(defects === undefined ? [] : [plainAttribute("grown_defect_list", defects)]), ...counters];
}

function plainAttribute(name: string, value: number | string): Attribute {
  return {
    id: null,
    name: printable(name)?.slice(0, 100) ?? "",
    value: printable(String(value))?.slice(0, 100) ?? "",
    failed: "never",
  };
}

/**
 * The numbers mean the same with all makers; the names make sure of it, for some SSDs have other things there. Raw values
 * can hold more than the count ("16 (Average 3)"), which comes first as smartctl writes it.
 */
const ataCounters = [
  [5, /realloc|retired/i, "reallocated"],
  [197, /pending/i, "pending"],
  [198, /uncorrect/i, "uncorrectable"],
  [187, /uncorrect/i, "reported"],
  [4, /start_stop/i, "startStops"],
] as const;

function ataCounts(said: Smartctl, table: readonly AtaAttribute[]): Counts {
  const counted = ataCounters.flatMap(([id, name, count]) => {
    const row = table.find((candidate) => candidate.id === id && name.test(candidate.name ?? ""));
    const value = Number.parseInt(row?.raw?.string ?? "", 10);
    return Number.isNaN(value) ? [] : [[count, value] as const];
  });
  return {
    ...Object.fromEntries(counted),
    percentageUsed: said.endurance_used?.current_percent ?? wearStatistic(said),
    failedSelfTests: failedSelfTests(said),
  };
}

/** ACS-4 §A.5.8: device statistics, page 7. */
function wearStatistic({ ata_device_statistics: statistics }: Smartctl): number | undefined {
  const rows = (statistics?.pages ?? []).flatMap(({ table }) => table ?? []);
  return rows.find(({ name }) => /Percentage Used Endurance/i.test(name ?? ""))?.value;
}

/** Those that came to an end and found something; smartctl counts a later success as healing. */
function failedSelfTests({ ata_smart_self_test_log: log }: Smartctl): number | undefined {
  return log?.extended?.error_count_total ?? log?.standard?.error_count_total;
}

/** NVM Express Base Specification 2.0, figure 207. */
function nvmeCounts({ nvme_smart_health_information_log: log }: Smartctl): Counts {
  return {
    mediaErrors: log?.["media_errors"],
    spare: log?.["available_spare"],
    spareThreshold: log?.["available_spare_threshold"],
    ...(log === undefined ? {} : { percentageUsed: log["percentage_used"] }),
  };
}

function scsiCounts(said: Smartctl): Counts {
  const log = said.scsi_error_counter_log;
  if (said.scsi_grown_defect_list === undefined && log === undefined) return {};
  const uncorrected = Object.values(log ?? {}).map((counter) =>
    Number(counter?.["total_uncorrected_errors"] ?? 0),
  );
  return {
    reallocated: said.scsi_grown_defect_list,
    uncorrectable: uncorrected.reduce((sum, count) => sum + count, 0),
    percentageUsed: said.scsi_percentage_used_endurance_indicator,
  };
}

type Counts = Partial<Record<Count, number | undefined>>;

function withoutUnknown(counts: Counts): Drive["counts"] {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => typeof value === "number"));
}
