/**
 * Drives for tests, as smartctl 7.3 tells of them with --json --xall: our own drives, in its form. What nobody reads
 * (interface speeds, capabilities, logs of commands) is left away.
 */
import { exitBits, type ExitBit } from "../exit-bits.ts";

export type Json = Readonly<Record<string, unknown>>;

export function saidOf(protocol: "ATA" | "NVMe" | "SCSI", more: Json, exit: readonly ExitBit[] = []): Json {
  return {
    json_format_version: [1, 0],
    smartctl: {
      version: [7, 3],
      svn_revision: "5338",
      platform_info: "x86_64-linux-6.1.0-37-amd64",
      build_info: "(local build)",
      argv: ["smartctl", "--json", "--xall", "/dev/sdb"],
      exit_status: exit.reduce((status, bit) => status | exitBits[bit], 0),
    },
    local_time: { time_t: 1_795_657_820, asctime: "Thu Nov 26 01:50:20 2026 UTC" },
    device: {
      name: "/dev/sdb",
      info_name: protocol === "ATA" ? "/dev/sdb [SAT]" : "/dev/sdb",
      type: { ATA: "sat", NVMe: "nvme", SCSI: "scsi" }[protocol],
      protocol,
    },
    ...more,
  };
}

export function refusedWith(message: string, exitStatus = 1): Json {
  return {
    json_format_version: [1, 0],
    smartctl: {
      version: [7, 3],
      argv: ["smartctl", "--json", "--xall", "/dev/sdb"],
      messages: [{ string: message, severity: "error" }],
      exit_status: exitStatus,
    },
    local_time: { time_t: 1_795_657_820, asctime: "Thu Nov 26 01:50:20 2026 UTC" },
  };
}

interface Row {
  readonly value?: number;
  readonly thresh?: number;
  readonly when?: "" | "now" | "past";
  readonly prefailure?: boolean;
}

export function attribute(id: number, name: string, raw: number | string, row: Row = {}): Json {
  const { value = 100, thresh = 0, when = "", prefailure = false } = row;
  const text = String(raw);
  return {
    id,
    name,
    value,
    worst: value,
    thresh,
    when_failed: when,
    flags: {
      value: prefailure ? 51 : 50,
      string: prefailure ? "PO--CK " : "-O--CK ",
      prefailure,
      updated_online: true,
      performance: false,
      error_rate: false,
      event_count: true,
      auto_keep: true,
    },
    raw: { value: Number.parseInt(text, 10), string: text },
  };
}

export interface Ata {
  readonly hours?: number;
  readonly starts?: number;
  readonly reallocated?: number | string;
  readonly pending?: number;
  readonly uncorrectable?: number;
  readonly reallocatedRow?: Row;
  readonly more?: readonly Json[];
}

/** A hard disk; sound unless said otherwise. */
export function hardDisk(ata: Ata = {}, more: Json = {}, exit: readonly ExitBit[] = []): Json {
  const { hours = 12_345, starts = 812, reallocated = 0, pending = 0, uncorrectable = 0 } = ata;
  const table = [
    attribute(1, "Raw_Read_Error_Rate", 0, { value: 200, thresh: 51, prefailure: true }),
    attribute(3, "Spin_Up_Time", 6125, { value: 178, thresh: 21, prefailure: true }),
    attribute(4, "Start_Stop_Count", starts),
    attribute(5, "Reallocated_Sector_Ct", reallocated, {
      thresh: 140,
      prefailure: true,
      value: 200,
      ...ata.reallocatedRow,
    }),
    attribute(9, "Power_On_Hours", hours),
    attribute(12, "Power_Cycle_Count", 640),
    attribute(193, "Load_Cycle_Count", 4021),
    attribute(194, "Temperature_Celsius", "31 (Min/Max 17/44)", { value: 119 }),
    attribute(197, "Current_Pending_Sector", pending, { value: 200 }),
    attribute(198, "Offline_Uncorrectable", uncorrectable),
    attribute(199, "UDMA_CRC_Error_Count", 2, { value: 200 }),
    ...(ata.more ?? []),
  ];
  const said = {
    model_family: "Western Digital Red",
    model_name: "WDC WD40EFRX-68N32N0",
    serial_number: "WD-WCC7K0AAAAAA",
    rotation_rate: 5400,
    smart_support: { available: true, enabled: true },
    smart_status: { passed: true },
    ata_smart_attributes: { revision: 16, table },
    power_on_time: { hours },
    power_cycle_count: 640,
    temperature: { current: 31 },
    ata_smart_error_log: { extended: { revision: 1, sectors: 6, count: 0 } },
    ata_smart_self_test_log: { extended: { revision: 1, sectors: 1, count: 0 } },
  };
  return saidOf("ATA", { ...said, ...more }, exit);
}

/** A SATA SSD; `used` as its page of device statistics tells it. */
export function solidState(used: number, more: Json = {}): Json {
  const statistics = {
    pages: [
      {
        number: 7,
        name: "Solid State Device Statistics",
        revision: 1,
        table: [
          {
            offset: 8,
            name: "Percentage Used Endurance Indicator",
            size: 1,
            value: used,
            flags: { value: 192, string: "---", valid: true, normalized: false },
          },
        ],
      },
    ],
  };
  const table = [
    attribute(5, "Reallocated_Sector_Ct", 0, { thresh: 10, prefailure: true }),
    attribute(9, "Power_On_Hours", 8_760),
    attribute(177, "Wear_Leveling_Count", 312, { value: 84 }),
    attribute(187, "Uncorrectable_Error_Cnt", 0),
  ];
  return saidOf("ATA", {
    model_name: "Samsung SSD 870 EVO 1TB",
    serial_number: "S6PTNM0R000001A",
    rotation_rate: 0,
    smart_support: { available: true, enabled: true },
    smart_status: { passed: true },
    ata_smart_attributes: { revision: 1, table },
    ata_device_statistics: statistics,
    power_on_time: { hours: 8_760 },
    power_cycle_count: 401,
    temperature: { current: 28 },
    ...more,
  });
}

export function nvme(log: Readonly<Record<string, number>> = {}, exit: readonly ExitBit[] = []): Json {
  const warning = log["critical_warning"] ?? 0;
  const health = {
    critical_warning: 0,
    temperature: 38,
    available_spare: 100,
    available_spare_threshold: 10,
    percentage_used: 3,
    data_units_read: 6_932_144,
    data_units_written: 16_093_122,
    host_reads: 29_878_811,
    host_writes: 17_533_252,
    controller_busy_time: 305,
    power_cycles: 120,
    power_on_hours: 6_487,
    unsafe_shutdowns: 14,
    media_errors: 0,
    num_err_log_entries: 12,
    warning_temp_time: 0,
    critical_comp_time: 0,
    ...log,
  };
  return saidOf(
    "NVMe",
    {
      model_name: "SAMSUNG MZVL2512HCJQ-00BL7",
      serial_number: "S64KNX0T123456",
      smart_support: { available: true, enabled: true },
      smart_status: { passed: warning === 0, nvme: { value: warning } },
      nvme_smart_health_information_log: health,
      temperature: { current: health.temperature },
      power_cycle_count: health.power_cycles,
      power_on_time: { hours: health.power_on_hours },
    },
    exit,
  );
}

export function sas({ defects = 0, uncorrected = 0 } = {}, more: Json = {}): Json {
  const counter = (total: number) => ({
    errors_corrected_by_eccfast: 14_021,
    errors_corrected_by_eccdelayed: 3,
    errors_corrected_by_rereads_rewrites: 0,
    total_errors_corrected: 14_024,
    correction_algorithm_invocations: 14_021,
    gigabytes_processed: "48213.117",
    total_uncorrected_errors: total,
  });
  return saidOf("SCSI", {
    vendor: "SEAGATE",
    product: "ST4000NM0023",
    model_name: "SEAGATE ST4000NM0023",
    serial_number: "Z1Z0AAAA0000C4150000",
    scsi_version: "SPC-4",
    rotation_rate: 7200,
    device_type: { scsi_terminology: "Peripheral Device Type [PDT]", scsi_value: 0, name: "disk" },
    smart_support: { available: true, enabled: true },
    smart_status: { passed: true },
    temperature: { current: 0, drive_trip: 60 },
    power_on_time: { hours: 21_003, minutes: 12 },
    scsi_start_stop_cycle_counter: {
      year_of_manufacture: "2016",
      week_of_manufacture: "21",
      specified_cycle_count_over_device_lifetime: 10_000,
      accumulated_start_stop_cycles: 87,
    },
    scsi_grown_defect_list: defects,
    scsi_error_counter_log: { read: counter(uncorrected), write: counter(0) },
    scsi_environmental_reports: { temperature_1: { parameter_code: 0, current: 36 } },
    ...more,
  });
}
