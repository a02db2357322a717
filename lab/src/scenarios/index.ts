import { ataFirmware } from "./ata-firmware.ts";
import { faultLoops } from "./fault-loops.ts";
import { hotPlug } from "./hot-plug.ts";
import { inventory } from "./inventory.ts";
import { ours } from "./ours/index.ts";
import { nvmeFirmware } from "./nvme-firmware.ts";
import { power } from "./power.ts";
import { sasFirmware } from "./sas-firmware.ts";
import type { Scenario } from "./scenario.ts";

/** Every scenario, the quick ones first. */
export const scenarios: readonly Scenario[] = [
  ...faultLoops,
  ...inventory,
  ...hotPlug,
  ...power,
  ...nvmeFirmware,
  ...ataFirmware,
  ...sasFirmware,
  ...ours,
];
