import assert from "node:assert/strict";
import type { Device } from "@trofie/contract";
import { FaultDisk } from "../../fault-disk/fault-disk.ts";
import type { Bus } from "../../machine/guest-disk.ts";
import { findingsOf, type RemoteControl } from "../../stations/remote-control.ts";
import { MiB, secret } from "../scenario.ts";
import { onStand, type Stand } from "./stand.ts";

/** Not UAS: QEMU 7.2 ends by an assertion of its own when such a disk is pulled with several commands in flight. */
const pluggable: readonly Bus[] = ["nvme", "scsi", "usb", "virtio"];

export const ourRemovals = [
  onStand(
    "a disk that is pulled in mid-erase interrupts our job, and goes on to be erased when it is back, on every bus that can be unplugged",
    async (stand) => {
      await Promise.all(pluggable.map((bus) => pullAndPutBack(stand, bus)));
    },
  ),

  onStand(
    "a disk that hangs is told as hung, and keeps neither other disks nor our station",
    async (stand) => {
      const { control } = stand.station;
      const hanging = stand.source("VIRTIO-512");
      hanging.media.fill(secret);
      stand.source("SCSI-512").media.fill(secret);
      const healthy = await control.device("SCSI-512");
      const hung = await control.erase((await control.device("VIRTIO-512")).path, { method: "zero" });
      hanging.setFaults({ delayMs: 300 });
      await hanging.reached({ writes: hanging.counters.writes + 2 });
      hanging.setFaults({ condition: "hanging" });
      const { state } = await control.eraseToEnd(healthy.path, { method: "zero" });
      assert.equal(state, "erased");
      assert.equal(stand.source("SCSI-512").media.countOthers(0), 0);
      const { why } = await control.becomes(hung, "hung");
      assert.match(why ?? "", /^The disk has not answered for \d+ s$/);
      await control.client.query("device.list", {});

      const startsAgain = control.startsAgain();
      const { exitCode } = await stand.station.stop();
      assert.equal(exitCode, 0);
      stand.station.restart();
      await startsAgain;
      assert.equal(control.jobs.get(hung)?.state, "hung");
      hanging.setFaults({});
      const job = await control.ended(hung);
      assert.equal(job.state, "erased", job.report?.message);
      assert.equal(hanging.media.countOthers(0), 0);
    },
  ),
];

async function pullAndPutBack({ machine, station }: Stand, bus: Bus): Promise<void> {
  const { control } = station;
  const serial = `PULL-${bus.toUpperCase()}`;
  const source = new FaultDisk({ sizeBytes: 16 * MiB });
  source.media.fill(secret);
  const told = (type: string) => countEvents(control, type, serial);
  await machine.plug({ bus, serial, source });
  await control.until(`${serial} is told as added`, () => told("device.added") === 1);
  const id = await control.erase((await control.device(serial)).path, { method: "zero" });
  // Slow from now on, so that there is a middle to be pulled in; before, it would take long to look into.
  source.setFaults({ delayMs: 100 });
  await source.reached({ writes: 4 });
  await machine.pull(serial);
  const { why } = await control.becomes(id, "interrupted");
  assert.match(why ?? "", /gone|not there|not the planned device/, `${bus}: ${why}`);
  await control.until(`${serial} is told as removed`, () => told("device.removed") === 1);
  source.setFaults({});
  await machine.plug({ bus, serial, source });
  await control.until(`${serial} is told as added again`, () => told("device.added") === 2);
  await control.resume(id);
  const job = await control.ended(id);
  assert.equal(job.state, "erased", `${bus}: ${job.report?.message}`);
  assert.equal(findingsOf(job).resumptions.length, 1, bus);
  assert.equal(source.media.countOthers(0), 0, bus);
  await machine.pull(serial);
}

function countEvents({ events }: RemoteControl, type: string, serial: string): number {
  const isOf = (body: unknown) => (body as Device).identity.serial === serial;
  return events.filter((event) => event.type === type && isOf(event.body)).length;
}
