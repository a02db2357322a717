import { expect, test } from "vitest";
import type { Machine } from "../machine/machine.ts";
import { MemoryDisk } from "../testing/memory-disk.ts";
import { machineWith } from "../testing/one-disk-machine.ts";
import { nowhere } from "../testing/machines.ts";
import { Workbench } from "../testing/workbench.ts";
import { openPlanned } from "./open-planned.ts";

/** Opens a disk, of which the kernel says that state from then on. */
async function openedOn(stateNow: string): Promise<{ readonly checkIdentity: () => Promise<void> }> {
  const disk = new MemoryDisk({ sizeBytes: 8192 });
  const plan = await new Workbench({ disk }).plan();
  let state = "running";
  const machine: Machine = {
    ...machineWith(disk),
    readText: (path) =>
      path.endsWith("/device/state") ? Promise.resolve(state) : machineWith(disk).readText(path),
  };
  const opened = await openPlanned(machine, nowhere, plan);
  state = stateNow;
  return opened;
}

test.each(["offline", "transport-offline", "deleting", "deleting (no IO)", "dead"])(
  "an open disk that the kernel calls %s is gone, though it still stands in sysfs",
  async (state) => {
    const { checkIdentity } = await openedOn(state);
    await expect(checkIdentity()).rejects.toMatchObject({
      code: "IDENTITY_CHANGED",
      message: "Cannot go on with /dev/sdb: it is gone",
    });
  },
);

test.each(["running", "live", "blocked"])("an open disk that is %s is there", async (state) => {
  const { checkIdentity } = await openedOn(state);
  await expect(checkIdentity()).resolves.toBeUndefined();
});
