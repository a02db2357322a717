import { bytesText, type Device } from "@trofie/contract";
import { withStation } from "./connection.ts";
import { namesOf } from "./device-names.ts";
import { tableWidth } from "./screen.ts";
import { formatTable, type Column } from "./table.ts";

const columns: readonly Column[] = [
  { title: "DEVICE", least: 10 },
  { title: "MODEL", least: 8 },
  { title: "SERIAL", least: 6, isOptional: true },
  { title: "SIZE" },
  { title: "BUS", isOptional: true },
  { title: "USED BY, HOLDS", least: 14 },
  { title: "ERASABLE", least: 10 },
];

/** `trofie devices`: what the station has, who uses it, what it holds, and why it would be refused. */
export async function showDevices(address: string, { json }: { json: boolean }): Promise<void> {
  const { devices } = await withStation(address, (client) => client.query("device.list", {}));
  if (json) return console.log(JSON.stringify({ devices }));
  if (devices.length === 0) return console.log("The station sees no devices.");
  const names = namesOf(devices);
  const rows = devices.map((device, i) => row(device, names[i]!));
  console.log(formatTable(columns, rows, tableWidth()));
}

function row({ identity, bus, holds, uses, refusal }: Device, name: string): string[] {
  const contents = holds.map(({ type, label }) => (label ? `${type} "${label}"` : type));
  const what = [...new Set([...uses, ...contents])].join(", ");
  return [
    name,
    identity.model ?? identity.kind,
    identity.serial ?? "-",
    bytesText(identity.sizeBytes),
    bus ?? "-",
    what === "" ? "-" : what,
    refusal === null ? "yes" : `no: ${refusal.state}`,
  ];
}
