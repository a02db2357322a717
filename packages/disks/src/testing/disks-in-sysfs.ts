/** Disks of each bus as sysfs shows them, and what is made of them: the parts of the machines in `machines/`. */
import type { Entry, Tree } from "./memory-machine.ts";
import { diskInSysfs } from "./sysfs.ts";

export const MiB = 1024 ** 2;
export const GiB = 1024 ** 3;
export const TB = 1000 ** 4;

export interface DiskWritten {
  readonly name: string;
  readonly number: string;
  readonly sizeBytes: number;
  readonly partitions?: readonly number[];
  readonly model?: string;
  readonly serial?: string;
  readonly wwn?: string;
  readonly rotational?: boolean;
  /** Any other file, or another text for one of them. */
  readonly files?: Readonly<Record<string, Entry>>;
}

/** vpd_pg80 as the kernel gives it: four bytes of header, then the serial number, padded with spaces on the left. */
export const page80 = (serial: string) => `\u0000\uFFFD\u0000\u0014${serial.padStart(20)}`;

/** vpd_pg89: a header, then what IDENTIFY DEVICE returned, the characters of each word exchanged. */
const page89 = (model: string) =>
  `\u0000\uFFFD\u00028\u0000\u0000\u0000\u0000linux   libata${model.padEnd(40).replaceAll(/(.)(.)/g, "$2$1")}\u0003\uFFFD`;

export const sataFolder = (port: number) =>
  `pci0000:00/0000:00:17.0/ata${port}/host${port}/target${port}:0:0/${port}:0:0:0`;

export function sataDisk(port: number, disk: DiskWritten): Tree {
  const { model = "WDC WD40EFRX-68N32N0" } = disk;
  const ata = {
    "device/vendor": "ATA     ",
    "device/model": model.slice(0, 16).padEnd(16),
    "device/vpd_pg89": page89(model),
  };
  return scsiDisk(`${sataFolder(port)}/block/${disk.name}`, { ...disk, files: { ...ata, ...disk.files } });
}

export const sasFolder = (slot: number) =>
  `pci0000:3a/0000:3a:00.0/0000:3b:00.0/host0/port-0:0/expander-0:0/port-0:0:${slot}/end_device-0:0:${slot}/target0:0:${slot}/0:0:${slot}:0`;

export function sasDisk(slot: number, disk: DiskWritten): Tree {
  const { model = "ST4000NM0023" } = disk;
  const sas = { "device/vendor": "SEAGATE ", "device/model": model.padEnd(16) };
  return scsiDisk(`${sasFolder(slot)}/block/${disk.name}`, { ...disk, files: { ...sas, ...disk.files } });
}

const usbPort = (port: string) => `/sys/devices/pci0000:00/0000:00:14.0/usb2/${port}`;

/** `bridgeSerial` is that of the USB device; the disk behind it says nothing of its own. */
export function usbDisk(port: string, host: number, disk: DiskWritten & { bridgeSerial?: string }): Tree {
  const folder = `${usbPort(port)}/${port}:1.0/host${host}/target${host}:0:0/${host}:0:0:0/block/${disk.name}`;
  const bridge = disk.bridgeSerial === undefined ? {} : { [`${usbPort(port)}/serial`]: disk.bridgeSerial };
  return {
    ...scsiDisk(folder.slice("/sys/devices/".length), disk),
    [`${usbPort(port)}/idVendor`]: "152d",
    ...bridge,
  };
}

/** A disk that SCSI commands are sent to, whatever carries them. */
export function scsiDisk(folder: string, disk: DiskWritten): Tree {
  const { model, serial, wwn, rotational = false, files = {} } = disk;
  const texts = {
    "device/type": "0",
    removable: "0",
    "queue/rotational": rotational ? "1" : "0",
    "device/model": model?.padEnd(16),
    "device/vpd_pg80": serial === undefined ? undefined : page80(serial),
    "device/wwid": wwn,
  };
  return diskInSysfs({ ...disk, folder, files: { ...written(texts), ...files } });
}

/** `controller` is a place on the PCI bus and a number of the kernel's: "0000:02:00.0/nvme/nvme0". */
export function nvmeDisk(controller: string, disk: DiskWritten): Tree {
  const { model = "SAMSUNG MZVL2512HCJQ-00BL7", serial, wwn, files = {} } = disk;
  const texts = { wwid: wwn, "device/model": model.padEnd(40), "device/serial": serial?.padEnd(20) };
  const folder = `pci0000:00/0000:00:06.0/${controller}/${disk.name}`;
  return diskInSysfs({ ...disk, folder, files: { ...written(texts), ...files } });
}

export function virtioDisk(slot: number, disk: DiskWritten): Tree {
  const texts = { serial: disk.serial, "device/vendor": "0x1af4", "queue/rotational": "1" };
  const folder = `pci0000:00/0000:00:0${slot}.0/virtio${slot}/block/${disk.name}`;
  return diskInSysfs({ ...disk, folder, files: { ...written(texts), ...disk.files } });
}

export function mmcDisk(host: number, kind: "MMC" | "SD", disk: DiskWritten): Tree {
  const texts = { "device/name": disk.model, "device/serial": disk.serial, "device/type": kind };
  const card = `mmc${host}:0001`;
  const folder = `platform/fe340000.mmc/mmc_host/mmc${host}/${card}/block/${disk.name}`;
  return diskInSysfs({ ...disk, folder, files: { ...written(texts), ...disk.files } });
}

/** A loop device on a file or device. */
export function loopDevice(
  number: number,
  sizeBytes: number,
  backing: string,
  files: DiskWritten["files"] = {},
): Tree {
  const folder = `virtual/block/loop${number}`;
  const loop = { "loop/backing_file": backing, "loop/offset": "0", "loop/dio": "0" };
  return diskInSysfs({ folder, number: `7:${number}`, sizeBytes, files: { ...loop, ...files } });
}

/** Device-mapper, MD and bcache devices: linked with those that they are made of, whose folders are given under /sys/devices. */
export function madeOf(below: readonly string[], disk: DiskWritten): Tree {
  const above = `/sys/devices/virtual/block/${disk.name}`;
  const links = below.map((folder): Tree => {
    const name = folder.slice(folder.lastIndexOf("/") + 1);
    return {
      [`${above}/slaves/${name}`]: { link: `/sys/devices/${folder}` },
      [`/sys/devices/${folder}/holders/${disk.name}`]: { link: above },
    };
  });
  const { files = {} } = disk;
  return Object.assign(diskInSysfs({ ...disk, folder: `virtual/block/${disk.name}`, files }), ...links);
}

/** A sensor of hwmon in the device of that folder under /sys/devices. */
export function sensor(number: number, kind: "drivetemp" | "nvme" | "coretemp", folder: string): Tree {
  return {
    [`/sys/class/hwmon/hwmon${number}/name`]: kind,
    [`/sys/class/hwmon/hwmon${number}/device`]: { link: `/sys/devices/${folder}` },
  };
}

/** What `grep` prints of sensors: thousandths of a degree by the sensor's number. */
export function readings(milliDegrees: Readonly<Record<number, string>>): string {
  return Object.entries(milliDegrees)
    .map(([number, text]) => `/sys/class/hwmon/hwmon${number}/temp1_input:${text}\n`)
    .join("");
}

function written(texts: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
