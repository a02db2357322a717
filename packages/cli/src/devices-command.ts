import { mayHideAreas, sizeText, type Device } from "@trofie/contract";
import { withStation } from "./connection.ts";
import { namesOf } from "./device-names.ts";
import type { AddCommand, Common } from "./program.ts";
import { tableWidth } from "./screen.ts";
import { formatTable, type Column } from "./table.ts";

/** `trofie devices`: what the station has, who uses it, what it holds, and why it would be refused. */
export const addDevices: AddCommand = (parent, common) => {
  parent
    .command("devices")
    .description("list the station's devices: what they are, who uses them, what they hold")
    .action(() => showDevices(common()));
};

const columns: readonly Column[] = [
  { title: "DEVICE", least: 10 },
  { title: "MODEL", least: 8 },
  { title: "SERIAL", least: 6, isOptional: true },
  { title: "SIZE" },
  { title: "BUS", isOptional: true },
  { title: "USED BY, HOLDS", least: 14 },
  { title: "ERASABLE", least: 10 },
];

/** Only where somebody measures it. */
const temperature: Column = { title: "TEMP", isOptional: true };

async function showDevices({ address, json }: Common): Promise<void> {
  const { devices } = await withStation(address, (client) => client.query("device.list", {}));
  if (json) return console.log(JSON.stringify({ devices }));
  if (devices.length === 0) return console.log("The station sees no devices.");
  const names = namesOf(devices);
  const rows = devices.map((device, i) => row(device, names[i]!));
  if (devices.every(({ temperatureC }) => temperatureC === null))
    return console.log(formatTable(columns, rows, tableWidth()));
  const warm = devices.map((device, i) => rows[i]!.toSpliced(temperatureAt, 0, temperatureText(device)));
  console.log(formatTable(columns.toSpliced(temperatureAt, 0, temperature), warm, tableWidth()));
}

/** After the bus. */
const temperatureAt = 5;

function temperatureText({ temperatureC }: Device): string {
  return temperatureC === null ? "-" : `${Math.round(temperatureC)} °C`;
}

function row(device: Device, name: string): string[] {
  const { identity, bus, holds, uses, hidden, refusal } = device;
  const contents = holds.map(({ type, label }) => (label ? `${type} "${label}"` : type));
  const areas = (["hpa", "dco"] as const).filter((area) => hidden[area] === "present");
  const hiding = areas.map((area) => `hidden area (${area.toUpperCase()})`);
  const unknown = mayHideAreas(device) ? ["hidden areas not known"] : [];
  const what = [...new Set([...uses, ...contents, ...hiding, ...unknown])].join(", ");
  return [
    name,
    identity.model ?? identity.kind,
    identity.serial ?? "-",
    sizeText(identity),
    bus ?? "-",
    what === "" ? "-" : what,
    refusal === null ? "yes" : `no: ${refusal.state}`,
  ];
}
