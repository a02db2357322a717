import { expect, test } from "vitest";
import { memoryMachine, type MemoryMachineOptions } from "../testing/memory-machine.ts";
import { nvmeFormat } from "./nvme-format.ts";
import { recorded } from "./testing/recorded.ts";

function disk(tools: NonNullable<MemoryMachineOptions["tools"]>) {
  const tree = { "/sys/block/nvme1n1/nsid": "1" };
  return { machine: memoryMachine(tree, { tools }), path: "/dev/nvme1n1", serial: null };
}

const idCtrl = "nvme id-ctrl --output-format=json /dev/nvme1n1";
const idNs = "nvme id-ns --output-format=json /dev/nvme1n1";

test("a controller with Format NVM can erase, by changing the key where FNA says so", async () => {
  expect(await nvmeFormat.capabilities(disk({ [idCtrl]: recorded("id-ctrl") }))).toMatchObject({
    "nvme-format": { obstacle: null, reachesOthers: false },
    "nvme-format-crypto": { obstacle: null },
  });
  expect(
    await nvmeFormat.capabilities(disk({ [idCtrl]: recorded("id-ctrl-without-sanitize") })),
  ).toMatchObject({
    "nvme-format": { obstacle: null },
    "nvme-format-crypto": { obstacle: "its Format NVM has no cryptographic erase" },
  });
});

test.each([
  ['"fna":5', true],
  ['"fna":6', true],
  ['"fna":4', false],
])("with %s it reaches other namespaces: %s", async (fna, reachesOthers) => {
  const said = recorded("id-ctrl");
  const tools = { [idCtrl]: { ...said, stdout: said.stdout.replace('"fna":4', fna) } };
  const capabilities = await nvmeFormat.capabilities(disk(tools));
  expect(capabilities["nvme-format"]?.reachesOthers).toBe(reachesOthers);
});

test("the namespace is formatted with what it is now, so that it stays as large", async () => {
  const said = recorded("id-ns-many-formats");
  const stdout = said.stdout.replace('"flbas":0', '"flbas":53').replace('"dps":0', '"dps":9');
  const line =
    "nvme format --namespace-id=1 --ses=2 --lbaf=21 --ms=1 --pi=1 --pil=1 --timeout=86400000 --force /dev/nvme1n1";
  const tools = { [idNs]: { ...said, stdout }, [line]: recorded("nvme-format-done") };
  expect(await nvmeFormat.issue(disk(tools), "nvme-format-crypto")).toEqual({
    taken: true,
    words: "the command completed",
  });
});

test("a namespace that does not tell what it is is not formatted", async () => {
  const answer = await nvmeFormat.issue(disk({ [idNs]: recorded("nvme-gone") }), "nvme-format");
  expect(answer).toEqual({
    taken: false,
    words: "it does not answer Identify Namespace: the command was not given",
  });
});

test("a format that completed is done, whatever the kernel makes of the block size", async () => {
  const line =
    "nvme format --namespace-id=1 --ses=1 --lbaf=0 --ms=0 --pi=0 --pil=0 --timeout=86400000 --force /dev/nvme1n1";
  const tools = { [idNs]: recorded("id-ns"), [line]: recorded("nvme-format-block-size") };
  expect((await nvmeFormat.issue(disk(tools), "nvme-format")).taken).toBe(true);
  const busy = { [idNs]: recorded("id-ns"), [line]: recorded("nvme-format-busy") };
  expect((await nvmeFormat.issue(disk(busy), "nvme-format")).taken).toBe(false);
});

test("a format that nobody waited for leaves nothing that tells how it ended", async () => {
  const tools = { [idNs]: recorded("id-ns") };
  expect(await nvmeFormat.status(disk(tools), "nvme-format", false)).toMatchObject({ state: "idle" });
});

test("a namespace that tells what a format has yet to do is being formatted", async () => {
  const said = recorded("id-ns");
  const tools = { [idNs]: { ...said, stdout: said.stdout.replace('"fpi":0', '"fpi":153') } };
  expect(await nvmeFormat.status(disk(tools), "nvme-format", false)).toEqual({
    state: "running",
    fractionDone: 0.75,
    words: "25 % left",
  });
});
