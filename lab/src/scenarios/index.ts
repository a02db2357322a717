import { ataFirmware } from "./ata-firmware.ts";
import { driveLoss } from "./drive-loss.ts";
import { faultLoops } from "./fault-loops.ts";
import { hotPlug } from "./hot-plug.ts";
import { inventory } from "./inventory.ts";
import { ours } from "./ours/index.ts";
import { nvmeFirmware } from "./nvme-firmware.ts";
import { power } from "./power.ts";
import { sasFirmware } from "./sas-firmware.ts";
import type { Scenario } from "./scenario.ts";

/** Every scenario. Those that share a machine stand together, and the longest rows first, for two go on side by side. */
export const scenarios: readonly Scenario[] = [
  ...ours,
  ...nvmeFirmware,
  ...ataFirmware,
  ...sasFirmware,
  ...driveLoss,
  ...hotPlug,
  ...inventory,
  ...power,
  ...faultLoops,
];
