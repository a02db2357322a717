import { SharedMachine } from "../machine/shared-machine.ts";
import { scenarioIn, type Scenario } from "./scenario.ts";
import type { VirtualMachine } from "../machine/virtual-machine.ts";

/** To which each scenario attaches a drive of its own, under a serial number of its own. */
const shared = new SharedMachine(() => ({ network: "open", modules: ["nvme-tcp", "iscsi_tcp"] }));

export function withDrives(name: string, run: (machine: VirtualMachine) => Promise<void>): Scenario {
  return scenarioIn(shared, name, run);
}

let drives = 0;

export function newSerial(kind: string): string {
  return `${kind}-FW-${++drives}`;
}
