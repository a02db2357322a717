/** What a fresh server costs: memory of an idle connection, time to the first reply. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { nodeVersions } from "../folders.ts";
import type { Peer } from "../peers/peer.ts";
import { RunningServer } from "../peers/running-server.ts";
import { inRounds, median } from "../../figures/rounds.ts";
import type { Outcome, Plan } from "../plan.ts";
import { loadProgram, say } from "../prepare.ts";
import type { GoalName } from "../report/goals.ts";
import { rounded } from "../../figures/table.ts";
import { cores, onCore } from "../run-program.ts";

/** The first connections pay for what is there once; they are held, and not counted. */
const FIRST_CONNECTIONS = 1_000;
const CONNECTIONS = 8_000;
const SETTLE_MS = 1_000;

export async function measureMemory(plan: Plan): Promise<Outcome> {
  if (!plan.wants("memory")) return { tables: [], figures: [] };
  say("memory…");
  return perPeer(plan, "memory", `KB of memory per idle connection, of ${CONNECTIONS}`, memoryKb);
}

export async function measureStartUp(plan: Plan): Promise<Outcome> {
  if (!plan.wants("start-up")) return { tables: [], figures: [] };
  say("start-up…");
  return perPeer(plan, "start-up", "Start-up to the first reply, ms", startUpMs);
}

async function perPeer(
  plan: Plan,
  goal: GoalName,
  title: string,
  measure: (peer: Peer) => Promise<number>,
): Promise<Outcome> {
  const values = await inRounds(plan.rounds, plan.peers, measure);
  const value = (name: string) => median(values.get(name) ?? []);
  return {
    tables: [
      { title, header: ["peer", ""], rows: plan.peers.map(({ name }) => [name, rounded(value(name))]) },
    ],
    figures: nodeVersions
      .filter((node) => values.has(`ours-${node}`))
      .map((node) => ({ goal, node, value: value(`ours-${node}`), bare: value(`bare-${node}`) })),
  };
}

async function memoryKb(peer: Peer): Promise<number> {
  await using server = await RunningServer.ofPeer(peer, "echo");
  const first = await hold(server, FIRST_CONNECTIONS);
  await delay(SETTLE_MS);
  const before = residentKb(server.pid);
  const more = await hold(server, CONNECTIONS);
  await delay(SETTLE_MS);
  const kb = (residentKb(server.pid) - before) / CONNECTIONS;
  await Promise.all([first, more].map(letGo));
  return kb;
}

/** Resolves when one line has come back on every connection. */
async function hold({ port, pid }: RunningServer, connections: number): Promise<ChildProcess> {
  const wishes = ["--port", String(port), "--server", String(pid), "--connections", String(connections)];
  const [program = "", ...args] = onCore(cores.load, [loadProgram, "idle", ...wishes]);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  if (child.exitCode !== null) throw new Error("Cannot hold connections: the load has ended");
  return child;
}

async function letGo(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  await once(child, "exit");
}

function residentKb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

async function startUpMs(peer: Peer): Promise<number> {
  const startMs = performance.now();
  await using server = await RunningServer.ofPeer(peer, "echo");
  const socket = connect(server.port, "127.0.0.1");
  socket.write("hello\n");
  const [reply] = (await once(socket, "data")) as [Buffer];
  const ms = performance.now() - startMs;
  socket.destroy();
  if (reply.toString() !== "hello\n") throw new Error(`Wrong reply: ${JSON.stringify(reply.toString())}`);
  return ms;
}
