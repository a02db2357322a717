/** How warm disks are: the sensors of hwmon's drivetemp and nvme, which ask the disk itself. */
import type { Machine } from "../machine/machine.ts";
import { controllersOf } from "./bus.ts";
import { waitAWhile } from "./node-wait-a-while.ts";

interface Sensor {
  /** The folder of what it is in: a SCSI device, an NVMe controller. */
  readonly device: string;
  /** The file that has the reading. */
  readonly reading: string;
}

/**
 * Every how many looks the disks are asked. A question may keep a disk from falling asleep
 * (Documentation/hwmon/drivetemp.rst), so it is not asked all the time.
 */
const everyLooks = 15;

export class TemperatureMemory {
  #look = 0;
  #readings: ReadonlyMap<string, number> = new Map();

  /** The temperature of a disk by its folder in sysfs, in degrees Celsius, as of the last time that disks were asked. */
  async temperatures(machine: Machine): Promise<(folder: string) => Promise<number | null>> {
    if (this.#look++ % everyLooks === 0) await waitAWhile(this.#ask(machine));
    const readings = this.#readings;
    return async (folder) => {
      const isOfDisk = await isSensorOf(machine, folder);
      return [...readings].find(([device]) => isOfDisk(device))?.[1] ?? null;
    };
  }

  async #ask(machine: Machine): Promise<void> {
    this.#readings = await readSensors(machine, await findSensors(machine));
  }
}

/** How warm one disk is now, in degrees Celsius; null when nobody measures it, or its sensor does not answer. */
export async function temperatureNow(machine: Machine, folder: string): Promise<number | null> {
  const isOfDisk = await isSensorOf(machine, folder);
  const sensors = (await findSensors(machine)).filter(({ device }) => isOfDisk(device));
  const [reading = null] = (await readSensors(machine, sensors)).values();
  return reading;
}

/** A sensor is in the disk's own device, or in the controller of an NVMe disk that lies elsewhere in sysfs. */
async function isSensorOf(machine: Machine, folder: string): Promise<(device: string) => boolean> {
  const places = [folder, ...(await controllersOf(machine, folder)).map((controller) => `${controller}/`)];
  return (device) => places.some((place) => place.startsWith(`${device}/`));
}

/**
 * Degrees Celsius by the folder of the device that has the sensor. Another program reads them, all at once: a disk that
 * does not answer would keep a thread of ours for good.
 */
async function readSensors(machine: Machine, sensors: readonly Sensor[]): Promise<Map<string, number>> {
  if (sensors.length === 0) return new Map();
  const text = await machine.run("grep", ["-sH", ".", ...sensors.map(({ reading }) => reading)]);
  const readings = new Map(text?.split("\n").map((line) => line.split(":") as [string, string]));
  return new Map(
    sensors.flatMap(({ device, reading }) => {
      const degrees = degreesOf(readings.get(reading));
      return degrees === null ? [] : [[device, degrees]];
    }),
  );
}

async function findSensors(machine: Machine): Promise<Sensor[]> {
  const names = await machine.list("/sys/class/hwmon");
  const sensors = await Promise.all(
    names.map(async (name) => {
      const kind = await machine.readText(`/sys/class/hwmon/${name}/name`);
      const device = await machine.resolve(`/sys/class/hwmon/${name}/device`);
      const isDisk = kind === "drivetemp" || kind === "nvme";
      return isDisk && device !== null ? [{ device, reading: `/sys/class/hwmon/${name}/temp1_input` }] : [];
    }),
  );
  return sensors.flat();
}

/** hwmon counts in thousandths of a degree (Documentation/hwmon/sysfs-interface.rst). What no disk can be is not believed. */
function degreesOf(text: string | undefined): number | null {
  if (!/^-?\d+$/.test(text ?? "")) return null;
  const degrees = Math.round(Number(text) / 1000);
  return degrees > -60 && degrees < 150 ? degrees : null;
}
