import assert from "node:assert/strict";
import { Refusal } from "@trofie/commands";
import { ataOperation } from "../../ata/ata-command.ts";
import { SataDrive } from "../../ata/sata-drive.ts";
import type { Pace } from "../../drives/erasure.ts";
import type { FirmwareDrive } from "../../drives/firmware-drive.ts";
import { NvmeDrive } from "../../nvme/nvme-drive.ts";
import { SasDrive } from "../../scsi/sas-drive.ts";
import type { RemoteControl } from "../../stations/remote-control.ts";
import { secret } from "../scenario.ts";
import { long } from "../scenario.ts";
import { assertErased, assertFailed, firmwareOf, onDriveStand, sizeBytes, type Stand } from "./stand.ts";

const nvme = (serial: string) => new NvmeDrive({ sizeBytes, serial });
const sata = (serial: string) => new SataDrive({ sizeBytes, serial });
const sas = (serial: string) => new SasDrive({ sizeBytes, serial });

export const ourFirmware = [
  long(
    onDriveStand(
      "our station lets drives of every kind sanitize themselves, tells how far they are, and commands each once",
      async (stand) => {
        const cases = [
          { drive: nvme("NVME-CRYPTO"), method: "nvme-sanitize-crypto", heard: /^sanitize, action 4$/ },
          { drive: nvme("NVME-OVERWRITE"), method: "nvme-sanitize-overwrite", heard: /^sanitize, action 3$/ },
          { drive: sata("SATA-BLOCK"), method: "ata-sanitize-block", heard: /^ATA b4h, feature 12h$/ },
          { drive: sas("SAS-CRYPTO"), method: "scsi-sanitize-crypto", heard: /^sanitize, service action 3$/ },
        ];
        // One after another: each job asks its drive every two seconds, by programs for which the guest is slow.
        for (const each of cases) {
          const { drive, heard } = each;
          const [id] = (await begin(stand, [each])) as [string];
          drive.erasure.advanceTo(0.4);
          await stand.control.until("it tells how far the drive is", () => {
            return /, (39|40) % done$/.test(stand.control.progress.get(id)?.step ?? "");
          });
          drive.erasure.finish();
          assertErased(await stand.control.ended(id), drive);
          assert.equal(drive.heard.filter((words) => heard.test(words)).length, 1, drive.heard.join("; "));
        }
      },
    ),
  ),

  long(
    onDriveStand(
      "our station never calls a drive erased that fails, or lies about, its own erase",
      async (stand) => {
        const cases: (Case & { readonly words: RegExp })[] = [
          { drive: nvme("NVME-FAILS"), method: "nvme-sanitize-block", words: /the disk says: .*Failed/ },
          {
            drive: nvme("NVME-LIES"),
            method: "nvme-sanitize-block",
            words: /samples are as before|old data/,
          },
          {
            drive: sata("SATA-FAILS"),
            method: "ata-sanitize-crypto",
            words: /the disk says: .*(Failed|aborts)/,
          },
          { drive: sata("SATA-LIES"), method: "ata-security-erase", words: /samples are as before|old data/ },
          {
            drive: sas("SAS-FAILS"),
            method: "scsi-sanitize-block",
            words: /the disk says: .*[Ss]anitize command failed/,
          },
        ];
        for (const { drive } of cases) drive.erasure.fate = drive.serial.endsWith("LIES") ? "lies" : "fails";
        const ids = await order(stand, cases, quick);
        for (const [i, { drive, words }] of cases.entries()) {
          assertFailed(await stand.control.ended(ids[i]!), drive, words);
        }
      },
    ),
  ),

  long(
    onDriveStand(
      "our station erases drives by Format NVM and by Security Erase, and leaves no password behind",
      async (stand) => {
        const cases = [
          { drive: nvme("NVME-FORMAT"), method: "nvme-format", heard: /^format, secure erase setting 1$/ },
          { drive: sata("SATA-ENHANCED"), method: "ata-security-erase-enhanced", heard: /^ATA f4h/ },
        ];
        const ids = await begin(stand, cases);
        assert.equal(cases[1]!.drive.erasure.running, "enhanced security erase");
        for (const { drive } of cases) drive.erasure.finish();
        for (const [i, { drive, heard }] of cases.entries()) {
          assertErased(await stand.control.ended(ids[i]!), drive);
          assert.equal(drive.heard.filter((words) => heard.test(words)).length, 1, drive.heard.join("; "));
          if (drive instanceof SataDrive) assert.equal(drive.security.isEnabled, false, drive.serial);
        }
      },
    ),
  ),

  onDriveStand(
    "our station takes no success from hdparm that the drive has not had: a refused erase ends failed, without a password",
    async (stand) => {
      const drive = new SataDrive({ sizeBytes, serial: "SATA-REFUSES", sense: "fixed" });
      drive.erasure.fate = "fails";
      drive.erasure.pace = quick;
      const path = await stand.attach(drive);
      const job = await stand.control.eraseToEnd(path, { method: "ata-security-erase" });
      assertFailed(job, drive, /bad\/missing sense data/);
      assert.equal(firmwareOf(job).succeeded, false);
      assert.equal(drive.security.isEnabled, false);
    },
  ),

  onDriveStand(
    "our station refuses to begin where the drive would, and says how it stands",
    async (stand) => {
      const frozen = sata("SATA-FROZEN");
      const locked = sata("SATA-LOCKED");
      const owned = sata("SATA-OWNED");
      const paths = [
        await stand.attach(frozen),
        await stand.attach(locked),
        await stand.attach(owned),
      ] as const;
      frozen.security.freeze();
      await setPassword(owned);
      await setPassword(locked);
      locked.security.powerOn();
      await refused(stand, paths[0], "ata-security-erase", /: its Security is frozen/);
      await refused(stand, paths[1], "ata-security-erase", /: it is locked with a password/);
      await refused(stand, paths[2], "ata-security-erase", /: a password is set/);
      await refused(stand, paths[2], "ata-sanitize-block", /: a password is set/);
      for (const drive of [frozen, locked, owned]) assert.equal(drive.media.peek(0, 7).toString(), secret);
      locked.security.freeze(); // nobody asks it anything that wakes its passwords again
    },
  ),

  long(
    onDriveStand(
      "our nist-purge takes the right command for each drive, and refuses where there is none",
      async (stand) => {
        const { control } = stand;
        const cases = [
          { drive: nvme("NVME-PURGE"), method: "nist-purge", command: "nvme-sanitize-block" },
          { drive: sata("SATA-PURGE"), method: "nist-purge", command: "ata-sanitize-overwrite" },
          { drive: sas("SAS-PURGE"), method: "nist-purge", command: "scsi-sanitize-overwrite" },
        ];
        const ids = await order(stand, cases, quick);
        for (const [i, { drive, command }] of cases.entries()) {
          const job = await control.ended(ids[i]!);
          assert.equal(firmwareOf(job).command, command);
          assertErased(job, drive);
        }
        for (const [serial, words] of [
          ["USB-512", /: it is attached by USB/],
          ["VIRTIO-512", /: it is a virtual disk/],
          ["NVME-512", /: it has no Sanitize/],
          ["SATA-512", /: it has no Sanitize, it has no ATA Security Erase|: it has no/],
        ] as const) {
          await refused(stand, (await control.device(serial)).path, "nist-purge", words);
        }
      },
    ),
  ),

  long(
    onDriveStand(
      "a station, or a job, that is killed while drives erase themselves follows them again, and commands none twice",
      async (stand) => {
        const { control, station, machine } = stand;
        const cases = [
          { drive: nvme("NVME-KILLED"), method: "nvme-sanitize-block", heard: /^sanitize/ },
          { drive: sas("SAS-KILLED"), method: "scsi-sanitize-block", heard: /^sanitize/ },
          // No SATA drive: it answers nothing meanwhile, and after half a minute of that the kernel gives it up, for the
          // station that has started again looks into it.
        ];
        const ids = await begin(stand, cases);
        await machine.sh(`kill -KILL $(cat /proc/$(cat /run/trofie-station.pid)/task/*/children)`);
        for (const id of ids) await control.becomes(id, "interrupted");
        for (const id of ids) await control.resume(id);
        for (const id of ids) await control.becomes(id, "running");
        const startsAgain = control.startsAgain();
        await station.stop("KILL");
        station.restart();
        await startsAgain;
        for (const { drive } of cases) drive.erasure.finish();
        for (const [i, { drive, heard }] of cases.entries()) {
          assertErased(await control.ended(ids[i]!), drive);
          assert.equal(drive.heard.filter((words) => heard.test(words)).length, 1, drive.heard.join("; "));
        }
      },
    ),
  ),

  long(
    onDriveStand(
      "our station asks drives how they are, says so where they cannot tell, and calls no motor stopped that is not",
      async (stand) => {
        const { control } = stand;
        const paths = {
          nvme: await stand.attach(nvme("NVME-HEALTH")),
          sas: await stand.attach(sas("SAS-HEALTH")),
          sata: (await control.device("SATA-512")).path,
        };
        const verdicts = await Promise.all(
          Object.entries(paths).map(async ([kind, path]) => {
            const { job } = control.client.operate("health.check", { path });
            const { findings, message } = (await control.ended(await job)).report!;
            return [kind, findings?.kind === "health" ? findings.verdict : message];
          }),
        );
        // The lab's SAS drive keeps no log of itself, and nothing good is said of what is not known.
        const unknown = `Cannot check ${paths.sas}: it gives no health data`;
        assert.deepEqual(Object.fromEntries(verdicts), { nvme: "ok", sas: unknown, sata: "ok" });
        // QEMU's SATA disk takes the command and goes on; a drive of the network has its motor elsewhere.
        assert.match(await spinDown(control, paths.sata), /: its state is active/);
        assert.match(
          await spinDown(control, paths.sas),
          /: it is no disk of this machine, and has no motor here$/,
        );
      },
    ),
  ),
];

/** Why it has failed. */
async function spinDown(control: RemoteControl, path: string): Promise<string> {
  const { job } = control.client.operate("device.spinDown", { path });
  const { state, report } = await control.ended(await job);
  assert.equal(state, "failed", report?.message);
  return report?.message ?? "";
}

interface Case {
  readonly drive: FirmwareDrive;
  readonly method: string;
}

/** So that a job finds its drive ready when it looks for the first time: each look costs the guest programs to be run. */
const quick: Pace = { durationMs: 50 };

/** Starts an erase of each. */
async function order({ attach, control }: Stand, cases: readonly Case[], pace: Pace): Promise<string[]> {
  const ids: string[] = [];
  for (const { drive, method } of cases) {
    drive.erasure.pace = pace;
    ids.push(await control.erase(await attach(drive), { method }));
  }
  return ids;
}

/** Starts an erase of each, and waits until all the drives are at it. */
async function begin(stand: Stand, cases: readonly Case[]): Promise<string[]> {
  const ids = await order(stand, cases, "by hand");
  for (const [i, { drive }] of cases.entries()) {
    await Promise.race([
      drive.erasure.begun,
      stand.control.ended(ids[i]!).then(({ report }) => {
        throw new Error(`${drive.serial} was not asked to erase itself: ${report?.message}`);
      }),
    ]);
  }
  return ids;
}

async function refused({ control }: Stand, path: string, method: string, words: RegExp): Promise<void> {
  await assert.rejects(control.erase(path, { method }), (error) => {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.code, "ERASE_NOT_POSSIBLE");
    assert.match(error.message, words);
    return true;
  });
}

/** SECURITY SET PASSWORD, for a user, as somebody did long ago. */
async function setPassword(drive: SataDrive): Promise<void> {
  const content = Buffer.alloc(512);
  content.write("forgotten", 2, "latin1");
  const { ended } = await drive.executeAta({
    operation: ataOperation.securitySetPassword,
    feature: 0,
    address: 0,
    count: 1,
    content,
  });
  assert.equal(ended, "done");
}
