import type { Scenario } from "../scenario.ts";
import { ourErases } from "./erases.ts";
import { ourFirmware } from "./firmware.ts";
import { ourImages } from "./images.ts";
import { ourInventory } from "./inventory.ts";
import { ourMethods } from "./methods.ts";
import { ourPowerCut } from "./power-cut.ts";
import { ourRemovals } from "./removals.ts";

/** What our own station does with the lab's disks. Those of one machine stand together. */
export const ours: readonly Scenario[] = [
  ...ourInventory,
  ...ourErases,
  ...ourRemovals,
  ...ourPowerCut,
  ...ourFirmware,
  ...ourMethods,
  ...ourImages,
];
