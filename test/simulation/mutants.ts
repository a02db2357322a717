/**
 * Mistakes that somebody could make in the code: each as a small change of its source, which is made while it is loaded.
 * The simulator must find every one of them, but for those that are argued to be harmless.
 */
import type { SourceChange } from "./change-sources.ts";

export interface Mutant {
  readonly name: string;
  readonly changes: readonly SourceChange[];
  readonly expect: "killed" | { readonly harmless: string };
}

const killed = "killed" as const;
const commands = "commands/src";
const station = "station/src";
const erase = "disks/src/erase";

/** One change of one file. */
function mutant(name: string, file: string, find: string, replace: string): Mutant {
  return { name, changes: [{ file, find, replace }], expect: killed };
}

export const mutants: readonly Mutant[] = [
  // Verdicts.
  mutant(
    "an answer although nothing is durable",
    `${commands}/dispatcher.ts`,
    "    this.#options.verdicts.save(command, () => ({ result: (answer = record()) }));",
    "    try { this.#options.verdicts.save(command, () => ({ result: (answer = record()) })); } catch {}",
  ),
  mutant(
    "verdicts are remembered in memory only",
    `${commands}/dispatcher.ts`,
    "const stored = this.#options.verdicts.find(cmd);",
    "const known = ((this as any).known ??= new Set()); const stored = known.has(cmd) ? this.#options.verdicts.find(cmd) : undefined; known.add(cmd);",
  ),
  mutant(
    "no look-up of the verdict",
    `${commands}/dispatcher.ts`,
    "    if (stored) return { answer: replay(stored, digest, caller) };",
    "    if (stored && !name.startsWith('job.')) return { answer: replay(stored, digest, caller) };",
  ),
  mutant(
    "a refusal is not recorded",
    `${commands}/dispatcher.ts`,
    "    this.#options.verdicts.save(command, () => ({ refused: { code, message, details } }));\n",
    "",
  ),
  mutant(
    "parameters are not part of the digest",
    `${commands}/dispatcher.ts`,
    "if (stored.digest !== digest || stored.principal !== caller.principal)",
    "if (stored.principal !== caller.principal)",
  ),
  mutant(
    "another's command is replayed to anybody",
    `${commands}/dispatcher.ts`,
    "if (stored.digest !== digest || stored.principal !== caller.principal)",
    "if (stored.digest !== digest)",
  ),
  mutant(
    "several commands are decided at once",
    `${commands}/dispatcher.ts`,
    "const result = this.#turn.then(work).finally(",
    "const result = Promise.resolve().then(work).finally(",
  ),
  mutant(
    "the role is not looked at",
    `${commands}/dispatcher.ts`,
    "  if (mayActAs(caller.role, method.role)) return;\n",
    "  if (mayActAs(caller.role, method.role) || true) return;\n",
  ),
  mutant(
    "the epoch is not looked at",
    `${commands}/dispatcher.ts`,
    "      if (epoch !== this.#options.epoch) throw notOurs(epoch);\n",
    "",
  ),

  // The client.
  {
    name: "a new id at each sending",
    changes: [
      {
        file: `${commands}/client.ts`,
        find: "    const cmd = uuid7(this.#options.clock, this.#options.random);\n",
        replace: "    const fresh = () => uuid7(this.#options.clock, this.#options.random);\n",
      },
      {
        file: `${commands}/client.ts`,
        find: "() => ({ ...input, cmd, epoch:",
        replace: "() => ({ ...input, cmd: fresh(), epoch:",
      },
    ],
    expect: killed,
  },
  mutant(
    "a command is sent before it is saved",
    `${commands}/outbox.ts`,
    "      if (!(await saving) || this.#send !== send) return;\n      const answer = await send(entry.method, params);",
    "      const sent = send(entry.method, params);\n      sent.catch(() => {});\n      if (!(await saving) || this.#send !== send) return;\n      const answer = await sent;",
  ),
  mutant(
    "a command is forgotten when its connection is lost",
    `${commands}/outbox.ts`,
    "    if (!(error instanceof Refusal)) return;\n",
    "    if (!(error instanceof Refusal)) return this.#answered(entry, params, () => entry.reject(error as Error));\n",
  ),
  mutant(
    "commands of an earlier life are not sent again",
    `${commands}/client.ts`,
    "      commands = (await this.#options.outbox?.load()) ?? [];",
    "      commands = [];",
  ),
  mutant(
    "a refusal for now is not asked again",
    `${commands}/outbox.ts`,
    "      if (this.#send === send && this.#entries.has(entry)) void this.#sendEntry(entry, send);\n",
    "",
  ),
  mutant(
    "no heartbeat",
    `${commands}/heartbeat.ts`,
    "    return this.#notReading === 0 && this.#clock.nowMs() - this.#lastReceivedMs >= deadMs;",
    "    return false;",
  ),
  mutant(
    "a heartbeat by the wall clock",
    `${commands}/heartbeat.ts`,
    "    return this.#notReading === 0 && this.#clock.nowMs() - this.#lastReceivedMs >= deadMs;",
    "    return this.#notReading === 0 && this.#clock.wallMs() - ((this as any).wall ??= this.#clock.wallMs()) >= deadMs;",
  ),
  mutant(
    "a partial line is kept over a reconnect",
    "reactor/src/line-only-receiver.ts",
    "    return new LineReader(this.lineEnd, this.maxLengthBytes);",
    "    return ((globalThis as any)[`kept${this.maxLengthBytes}`] ??= new LineReader(this.lineEnd, this.maxLengthBytes));",
  ),

  // Events.
  mutant(
    "replay begins with the event that was read last",
    `${commands}/event-pump.ts`,
    "this.#cursor = place && this.because === null ? place.since : log.lastSeq;",
    "this.#cursor = place && this.because === null ? Math.max(0, place.since - 1) : log.lastSeq;",
  ),
  mutant(
    "events for a slow watcher are dropped",
    `${commands}/event-pump.ts`,
    "    while (this.#channel.bufferedBytes < highWaterBytes) {",
    "    if (this.#channel.bufferedBytes >= highWaterBytes) { this.#cursor = this.#reader.log.lastSeq; this.#sent = this.#events.length; }\n    while (this.#channel.bufferedBytes < highWaterBytes) {",
  ),
  {
    name: "a slow watcher is cut off",
    changes: [
      {
        file: `${commands}/event-pump.ts`,
        find: "    while (this.#channel.bufferedBytes < highWaterBytes) {",
        replace:
          "    if (this.#channel.bufferedBytes >= highWaterBytes) this.#channel.abort();\n    while (this.#channel.bufferedBytes < highWaterBytes) {",
      },
    ],
    expect: {
      harmless:
        "it comes back, is sent up to the bound before anybody looks, and so gets ahead with each connection; a snapshot that is cut off again and again is whole at the latest when no job is at work. It costs reconnects, which no invariant forbids",
    },
  },
  mutant(
    "a drained channel is not fed again",
    `${commands}/server-session.ts`,
    "    this.#taken?.resolve();\n    this.eventsCommitted();",
    "    this.#taken?.resolve();",
  ),
  mutant(
    "a snapshot is as of its end",
    `${commands}/event-pump.ts`,
    `  return { seq: log.lastSeq, head: log.head, items: log.snapshot() };`,
    `  return { seq: log.lastSeq + 1, head: log.head, items: log.snapshot() };`,
  ),
  mutant(
    "watchers hear of an event before its commit",
    `${station}/journal.ts`,
    "    try {\n      this.#store.commit(writes);",
    "    this.lastSeq = seq;\n    this.head = head;\n    this.onCommit();\n    try {\n      this.#store.commit(writes);",
  ),
  {
    name: "an older connection of the same client is not ended",
    changes: [
      {
        file: `${commands}/server.ts`,
        find: `session.goodbye("replaced");`,
        replace: "void 0;",
      },
    ],
    expect: {
      harmless:
        "all verdicts are recorded, so a late copy on the old connection is answered as the first was; the old one ends by its heartbeat",
    },
  },

  // The journal.
  mutant(
    "a full journal is ignored",
    `${station}/journal.ts`,
    "      throw this.#asUnavailable(error);",
    "      const refusal = this.#asUnavailable(error); if (!(refusal instanceof Refusal)) throw refusal;",
  ),
  mutant(
    "a commit is several",
    `${station}/journal.ts`,
    "      this.#store.commit(writes);",
    "      for (const write of writes) this.#store.commit([write]);",
  ),
  mutant(
    "a flush that failed is tried again",
    `${station}/journal.ts`,
    "    if (error instanceof StoreBusy)",
    "    if (error instanceof StoreBusy || error instanceof StoreBroken)",
  ),
  mutant(
    "events are not chained",
    `${station}/journal.ts`,
    "    batch.head = chain(batch.head, row);",
    "    batch.head = chain(this.epoch, row);",
  ),
  mutant(
    "an end that cannot be recorded is forgotten",
    `${station}/recorder.ts`,
    "        if (!(error instanceof Refusal) || this.#isClosing) throw error;\n",
    "        if (!(error instanceof Refusal) || this.#isClosing) throw error;\n        return;\n",
  ),
  mutant(
    "a refusal leaves no trace in the audit",
    `${station}/journal.ts`,
    '      if (!("refused" in verdict)) return;\n',
    "      if (true) return;\n",
  ),

  // Jobs.
  mutant(
    "no lock on the device",
    `${station}/job-queue.ts`,
    "    if (this.#isClosing || this.#busy.has(lane)) return;",
    "    if (this.#isClosing) return;",
  ),
  mutant(
    "the lock is on the path",
    `${station}/job-queue.ts`,
    "function laneOf({ kind, identity }: Job): string {",
    "function laneOf({ kind, path, identity }: Job): string {\n  if (kind === 'erase') return path;",
  ),
  mutant(
    "a restart forgets the running job",
    `${station}/after-restart.ts`,
    "    const working = open.filter(({ state }) => holdsDevice(state));",
    "    const working: Job[] = [];",
  ),
  mutant(
    "a job that waits keeps its path over a restart",
    `${station}/after-restart.ts`,
    `  return state === "interrupted" || state === "queued";`,
    `  return state === "interrupted";`,
  ),
  mutant(
    "a restart forgets who has the device",
    `${station}/after-restart.ts`,
    "    for (const job of working) queue.keep(job);\n",
    "",
  ),
  mutant(
    "an old process is taken for dead",
    `${station}/after-restart.ts`,
    "process !== null && (await host.isAlive(process));",
    "process !== null && !(await host.isAlive(process)) && false;",
  ),
  mutant(
    "a process works before it is in the journal",
    `${station}/job-run.ts`,
    "    let isLetGo = false;\n",
    "    let isLetGo = false;\n    process.go();\n",
  ),
  mutant(
    "the process is not written down",
    `${station}/job-run.ts`,
    "      jobs.setProcess(this.#id, process);\n",
    "",
  ),
  mutant(
    "a job that died without a word is done",
    `${station}/job-ending.ts`,
    "  return cutOff(job, end.message);\n}\n\n/** Nobody saw",
    '  return { report: { ...reportOf("failed", end.message), outcome: "erased" } };\n}\n\n/** Nobody saw',
  ),
  mutant(
    "a device that comes back is not told",
    `${station}/device-watch.ts`,
    `    if (!known) changes.push(["device.added", device]);`,
    "    if (!known) continue;",
  ),
  mutant(
    "a job goes on at the path where it was",
    `${station}/going-on.ts`,
    "devices.find(({ identity }) => isSameDevice(identity, job.identity));",
    "devices.find(({ path }) => path === job.path);",
  ),
  mutant(
    "a change of a job is told to nobody",
    `${station}/jobs.ts`,
    "    this.#journal.append(eventOf(before.state, job.state), id, job);\n",
    "    if (job.state !== 'verifying') this.#journal.append(eventOf(before.state, job.state), id, job);\n",
  ),

  // The disk.
  {
    // Each of the three is enough to keep the wrong disk from being written to.
    name: "the name of a disk is trusted",
    changes: [
      {
        file: "disks/src/disk/open-planned.ts",
        find: "    await this.#checkSame({ ...found.device.identity, sizeBytes: disk.sizeBytes });\n",
        replace: "",
      },
      {
        file: "disks/src/disk/open-planned.ts",
        find: "this.#isAgain ? await this.#pathNow() : this.#planned.path;",
        replace: "this.#planned.path;",
      },
      {
        file: "disks/src/disk/open-planned.ts",
        find: "      this.#difference(found, durableFields) ??\n",
        replace: "",
      },
    ],
    expect: killed,
  },
  mutant(
    "a flush does nothing",
    `${erase}/keeper.ts`,
    "      await flushDisk(disk);\n",
    "      if (Number(disk.sizeBytes) < 0) await flushDisk(disk);\n",
  ),
  mutant(
    "a checkpoint comes before the flush",
    `${erase}/keeper.ts`,
    "      if (this.#unflushedBytes > 0) await this.flush();\n",
    "",
  ),
  {
    name: "a failed flush is passed over",
    changes: [
      {
        file: `${erase}/keeper.ts`,
        find: `      if (meaningOf(error) === "gone") throw goneAt(error);\n`,
        replace: "      return;\n",
      },
    ],
    expect: {
      harmless:
        "a flush fails here only when the disk is gone, and then all else on it fails too; what is lost is missing when all is read back past the cache. The rule is for disks that are read through memory; erase.test.ts has it",
    },
  },
  mutant(
    "a block that failed is forgotten",
    `${erase}/write-pass.ts`,
    "      if (!isWritten) suspects.add({ offset, lengthBytes });\n",
    "",
  ),
  mutant(
    "a block that cannot be read is taken for good",
    `${erase}/verify-pass.ts`,
    "      if (compared === null) suspects.add({ offset, lengthBytes });\n",
    "",
  ),
  mutant(
    "what is read back is not compared",
    `${erase}/verify-pass.ts`,
    "      if (isSame) continue;\n",
    "      if (isSame || true) continue;\n",
  ),
  mutant(
    "a difference does not matter",
    `${erase}/pass-run.ts`,
    "(report.verification?.mismatchedBytes ?? 0) > 0;",
    "(report.verification?.mismatchedBytes ?? 0) > 1e9;",
  ),
  mutant(
    "how far it is, is the block that came back last",
    `${erase}/sweep.ts`,
    `    place.came = { result };
    for (let [first] = this.#begun; first?.came != null; [first] = this.#begun) {
      this.#begun.shift();
      this.#settle(first.block.offset, first.block.lengthBytes, first.came.result);
    }`,
    `    place.came = { result };
    const { block } = place as any;
    this.#settle(block.offset, block.lengthBytes, result);`,
  ),
  mutant(
    "a checkpoint forgets the bad sectors",
    `${erase}/how-far.ts`,
    "      faulty: this.map.toJSON(),\n",
    "      faulty: { ranges: [], faultyBytes: 0, rangesCut: false },\n",
  ),
  mutant(
    "a checkpoint forgets the suspects",
    `${erase}/how-far.ts`,
    "      suspects: this.suspects.toJSON(),\n",
    "      suspects: [],\n",
  ),
  mutant(
    "a checkpoint is one block ahead",
    `${erase}/how-far.ts`,
    "      offset: this.offset,\n",
    "      offset: this.offset + 4096,\n",
  ),
  mutant(
    "a disk that was elsewhere is not read again from its beginning",
    `${erase}/pass-run.ts`,
    "    else if (isReading && wasElsewhere) far.beginVerification();\n",
    "    else if (isReading && wasElsewhere) {}\n",
  ),
  mutant(
    "a disk that was elsewhere after its verification is believed",
    `${erase}/pass-run.ts`,
    "    else if (wasElsewhere) this.#goBackToLastWriting();\n",
    "",
  ),
  mutant(
    "a pass is overwritten before its end is kept",
    `${erase}/pass-run.ts`,
    "    await this.#keeper.keepForCertain();\n",
    "    await this.#keeper.keep();\n",
  ),
  mutant(
    "a checkpoint is said to be kept before it is durable",
    `${station}/job-run.ts`,
    "    return this.#writing;\n",
    "    return Promise.resolve();\n",
  ),
  mutant(
    "a newcomer is shown devices that no event has told of",
    `${station}/station-log.ts`,
    "this.#devices.toldDevices.map",
    "this.#devices.devices.map",
  ),
  mutant(
    "a pass is skipped when it goes on",
    `${erase}/how-far.ts`,
    "      pass: this.pass,\n",
    "      pass: this.phase === 'verify' ? this.pass + 1 : this.pass,\n",
  ),
  mutant(
    "progress counts what is verified twice",
    `${erase}/verify-pass.ts`,
    "      ground.meter.add(lengthBytes);\n",
    "      ground.meter.add(2 * lengthBytes);\n",
  ),
  {
    name: "what was written before is not compared when it goes on",
    changes: [
      {
        file: `${erase}/resume.ts`,
        find: "if (compared !== null && compared.mismatchedBytes > 0) return { overlapBytes, proven: false };",
        replace: "",
      },
    ],
    expect: {
      harmless:
        "the verification reads all of it in any case; the overlap only finds out sooner, and lets the pass begin anew in place of failing",
    },
  },
];
