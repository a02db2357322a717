/** The form of smartctl's JSON. */

/** What is used of smartctl's JSON (version 1.0, smartmontools 7.0 and later). Any of it may be missing. */
export interface Smartctl {
  readonly smartctl?: {
    readonly exit_status?: number;
    readonly messages?: readonly { readonly string?: string }[];
  };
  readonly device?: { readonly protocol?: string };
  readonly rotation_rate?: number | string;
  readonly smart_support?: { readonly available?: boolean; readonly enabled?: boolean };
  readonly smart_status?: { readonly passed?: boolean };
  readonly temperature?: { readonly current?: number };
  readonly power_on_time?: { readonly hours?: number };
  readonly power_cycle_count?: number;
  readonly endurance_used?: { readonly current_percent?: number };
  readonly ata_smart_attributes?: { readonly table?: readonly AtaAttribute[] };
  readonly ata_smart_self_test_log?: {
    readonly standard?: { readonly error_count_total?: number };
    readonly extended?: { readonly error_count_total?: number };
  };
  readonly ata_device_statistics?: {
    readonly pages?: readonly {
      readonly table?: readonly { readonly name?: string; readonly value?: number }[];
    }[];
  };
  readonly nvme_smart_health_information_log?: Readonly<Record<string, number>>;
  readonly scsi_grown_defect_list?: number;
  readonly scsi_error_counter_log?: Readonly<
    Record<string, Readonly<Record<string, number | string>> | undefined>
  >;
  readonly scsi_percentage_used_endurance_indicator?: number;
  readonly scsi_start_stop_cycle_counter?: { readonly accumulated_start_stop_cycles?: number };
  readonly scsi_environmental_reports?: { readonly temperature_1?: { readonly current?: number } };
}

export interface AtaAttribute {
  readonly id?: number;
  readonly name?: string;
  readonly when_failed?: string;
  readonly flags?: { readonly prefailure?: boolean };
  readonly raw?: { readonly value?: number; readonly string?: string };
}
