import { expect, test } from "vitest";
import { machines, nowhere } from "../testing/machines.ts";
import { memoryMachine } from "../testing/memory-machine.ts";
import type { Machine } from "../machine/machine.ts";
import { DeviceMemory } from "./device-memory.ts";
import { discover } from "./discover.ts";

async function temperaturesOn(machine: Machine, memory = new DeviceMemory()) {
  const found = await discover(machine, nowhere, memory);
  return Object.fromEntries(found.map(({ device }) => [device.path, device.temperatureC]));
}

function machineNamed(name: string): Machine {
  const { tree, ...options } = machines[name]!;
  return memoryMachine(tree, options);
}

const shelf = machineNamed("SAS shelf");
const nvme = machineNamed("NVMe server");

test("a disk is as warm as its own sensor says, in whole degrees", async () => {
  expect(await temperaturesOn(shelf)).toMatchObject({ "/dev/sda": 31, "/dev/sdb": 35, "/dev/sdx": 52 });
});

test("a disk that nobody measures, or of which nonsense is read, has no temperature", async () => {
  expect(await temperaturesOn(shelf)).toMatchObject({ "/dev/sdd": null, "/dev/sdf": null, "/dev/vda": null });
});

test("all namespaces are as warm as their controller, also where that lies elsewhere in sysfs", async () => {
  expect(await temperaturesOn(nvme)).toEqual({
    "/dev/nvme0n1": 36,
    "/dev/nvme0n2": 36,
    "/dev/nvme1n1": 42,
    "/dev/nvme2n1": null,
  });
});

test("disks are asked by one program, and not at every look: a question may keep them awake", async () => {
  const asked: string[] = [];
  const counting: Machine = {
    ...shelf,
    run: (program, args) => {
      asked.push(program);
      return shelf.run(program, args);
    },
  };
  const memory = new DeviceMemory();
  for (let look = 0; look < 16; look++) {
    expect(await temperaturesOn(counting, memory)).toMatchObject({ "/dev/sda": 31 });
  }
  expect(asked.filter((program) => program === "grep")).toHaveLength(2);
});
