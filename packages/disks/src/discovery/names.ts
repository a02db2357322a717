/** What a disk calls itself: its serial number, its world-wide name and its model, from sysfs. */
import { readProperties, type Machine } from "../machine/machine.ts";
import { printable } from "../machine/printable.ts";
import { busOf } from "./bus.ts";

/**
 * Where each bus keeps the serial number: NVMe and MMC at the device, virtio at the disk, SATA and SCSI in the vital
 * product data page 80h (SPC-4 §7.8.18: four bytes of header, then text), plain USB only at the USB device above: that
 * one is the bridge's, the same for every disk that is put into it.
 */
export async function serialOf(machine: Machine, folder: string): Promise<string | null> {
  const page80 = await machine.readText(`${folder}/device/vpd_pg80`);
  return (
    realSerial(page80?.slice(4) ?? null) ??
    realSerial(await machine.readText(`${folder}/device/serial`)) ??
    realSerial(await machine.readText(`${folder}/serial`)) ??
    (await usbSerialOf(machine, folder))
  );
}

async function usbSerialOf(machine: Machine, folder: string): Promise<string | null> {
  if (busOf(folder) !== "usb") return null;
  for (let above = parentOf(folder); above.includes("/usb"); above = parentOf(above)) {
    if ((await machine.readText(`${above}/idVendor`)) === null) continue;
    return realSerial(await machine.readText(`${above}/serial`));
  }
  return null;
}

/** What makers leave in place of a serial number names no disk: the same character all along, or counting up. */
function realSerial(text: string | null): string | null {
  const serial = printable(text);
  if (serial === null) return null;
  const isFiller = /^(.)\1*$/.test(serial) || /^0?123456789(0|abcdef)?/i.test(serial);
  return isFiller ? null : serial;
}

/**
 * World-wide name: SCSI's and NVMe's `wwid` ("naa.5000…", "eui.…", "nvme.…"). What begins with "t10." is made of maker,
 * model and serial number and is no name of the world's (SPC-4 §7.8.5.3).
 */
export async function wwnOf(machine: Machine, folder: string): Promise<string | null> {
  const wwid =
    printable(await machine.readText(`${folder}/wwid`)) ??
    printable(await machine.readText(`${folder}/device/wwid`));
  return wwid === null || wwid.startsWith("t10.") || /^\w+\.0*$/.test(wwid) ? null : wwid;
}

/** The model, with the maker where the bus keeps that apart: "SEAGATE ST4000NM0023", "Samsung SSD 860 EVO 1TB". */
export async function modelOf(machine: Machine, folder: string): Promise<string | null> {
  const property = await readProperties(machine, `${folder}/device`, ["vendor", "model", "name", "vpd_pg89"]);
  const model = printable(property("model"));
  if (model === null) return printable(property("name"));
  const maker = printable(property("vendor"));
  if (maker === "ATA") return longModel(model, property("vpd_pg89")) ?? model;
  return maker === null || model.startsWith(maker) ? model : `${maker} ${model}`;
}

const modelLength = 40;

/**
 * SCSI cuts an ATA disk's model after 16 characters. Page 89h has what the disk itself said to IDENTIFY DEVICE: 40
 * characters, the two of each word exchanged (SAT-3 §12.4.2, ACS-3 §7.12.7.9). Read as text, its other bytes may have
 * any length, so the model is found by how it begins.
 */
function longModel(short: string, page89: string | null): string | null {
  const beginning = exchanged(short.slice(0, short.length - (short.length % 2)));
  const at = page89?.indexOf(beginning) ?? -1;
  return at < 0 ? null : printable(exchanged(page89!.slice(at, at + modelLength)));
}

function exchanged(text: string): string {
  return text.replaceAll(/(.)(.)/gs, "$2$1");
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
