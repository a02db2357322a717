import { bytesText, type Device } from "@trofie/contract";
import { withStation } from "./connection.ts";
import { formatTable } from "./table.ts";

/** `trofie devices`: what the station has, who uses it, what it holds, and why it would be refused. */
export async function showDevices(address: string, { json }: { json: boolean }): Promise<void> {
  const { devices } = await withStation(address, (client) => client.query("device.list", {}));
  if (json) return console.log(JSON.stringify({ devices }));
  if (devices.length === 0) return console.log("The station sees no devices.");
  console.log(
    formatTable(["DEVICE", "MODEL", "SERIAL", "SIZE", "BUS", "USED BY, HOLDS", "ERASABLE"], devices.map(row)),
  );
}

function row({ path, identity, bus, holds, uses, refusal }: Device): string[] {
  const what = [...uses, ...holds.map(({ type, label }) => (label ? `${type} "${label}"` : type))].join(", ");
  return [
    path,
    identity.model ?? identity.kind,
    identity.serial ?? "-",
    bytesText(identity.sizeBytes),
    bus ?? "-",
    what === "" ? "-" : what,
    refusal === null ? "yes" : `no: ${refusal.state}`,
  ];
}
