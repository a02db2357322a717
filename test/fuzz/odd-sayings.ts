/** What no station says, or not there. */
import { oddLines } from "./odd-values.ts";

const notification = (method: string, params: string): string =>
  `{"jsonrpc":"2.0","method":"${method}","params":${params}}`;

const answer = (id: string, result: string): string => `{"jsonrpc":"2.0","id":${id},"result":${result}}`;

const refusal = (id: string, code: string, final: boolean): string =>
  `{"jsonrpc":"2.0","id":${id},"error":{"code":-1,"message":"","data":{"code":"${code}","final":${final}}}}`;

const goodbyes = ["closing", "idle", "replaced", "auth-failed", "version", "kicked", "", "__proto__"];
const seqs = [
  "0",
  "1",
  "2",
  "5",
  "99",
  "-1",
  "1.5",
  '"3"',
  "null",
  "1e999",
  "9007199254740993",
  "{}",
  "[3]",
  "true",
];

export const oddSayings: readonly string[] = [
  goodbyes.map((reason) => notification("goodbye", `{"reason":"${reason}"}`)),
  notification("goodbye", "{}"),
  notification("goodbye", '{"reason":{"toString":1}}'),
  seqs.map((ms) => notification("goodbye", `{"reason":"restarting","retryAfterMs":${ms}}`)),
  notification("station.greet", '{"proto":[1],"station":"another","auth":["token"]}'),
  ["{}", '{"epoch":1,"seq":"x","role":null,"station":[]}', '{"proto":1}'].map((result) =>
    answer("1", result),
  ),
  ["2", "3", "9999", '"2"', "1.5", "null"].map((id) => answer(id, '{"job":null}')),
  ["1", "2", "null"].map((id) => refusal(id, "DENIED", true)),
  ["1", "2", "null"].map((id) => refusal(id, "VERSION", true)),
  ["1", "2", "null"].map((id) => refusal(id, "UNAVAILABLE", false)),
  refusal("2", "constructor", true),
  '{"jsonrpc":"2.0","id":5,"method":"who.are.you","params":{}}',
  seqs.map((seq) => notification("event", `{"seq":${seq},"at":"","type":"job.ended","job":"j_1","body":{}}`)),
  notification("event", "{}"),
  seqs.map((seq) => notification("snapshot.begin", `{"seq":${seq},"items":${seq}}`)),
  seqs.map((seq) => notification("snapshot.end", `{"seq":${seq}}`)),
  notification("snapshot.item", '{"kind":"job","id":"j_1","ended":true,"item":null}'),
  notification("snapshot.item", '{"kind":7}'),
  notification("progress", '{"job":{"toString":1}}'),
  notification("progress", '{"__proto__":{"polluted":true}}'),
  notification("__proto__", '{"constructor":{"prototype":{"polluted":true}}}'),
  "[".repeat(5_000),
  oddLines,
].flat();
