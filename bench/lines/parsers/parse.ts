/**
 * Lines without a network: 1 MiB of 16-byte lines at once, beside finding their ends and nothing else; and one line of
 * 100 KB, byte by byte. `parse.js SECONDS` prints both.
 */
import { LineSplitter } from "@trofie/reactor";

const LF = 10;
const secondsOfEach = Number(process.argv[2]) / 4;
const lineCount = 65_536;
const chunk = Buffer.from("fifteen letters\n".repeat(lineCount));

function findEnds() {
  let ends = 0;
  for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) ends += 1;
  if (ends !== lineCount) throw new Error(`Wrong count: ${ends}`);
}

function split() {
  const splitter = new LineSplitter("lf", 16_384);
  splitter.push(chunk);
  let lines = 0;
  for (let line = splitter.next(); line !== undefined; line = splitter.next()) {
    if (line !== "fifteen letters") throw new Error("Wrong line");
    lines += 1;
  }
  if (lines !== lineCount) throw new Error(`Wrong count: ${lines}`);
}

function byteByByte() {
  const splitter = new LineSplitter("lf", 200_000);
  const line = Buffer.alloc(100_001, "x");
  line[100_000] = LF;
  for (let at = 0; at < line.length; at += 1) splitter.push(line.subarray(at, at + 1));
  const found = splitter.next();
  if (typeof found !== "string" || found.length !== 100_000) throw new Error("Wrong line");
}

/** The median of as many runs as the time allows. */
function medianMs(run: () => void): number {
  const durationsMs: number[] = [];
  const endMs = performance.now() + secondsOfEach * 1_000;
  while (performance.now() < endMs || durationsMs.length < 3) {
    const startMs = performance.now();
    run();
    durationsMs.push(performance.now() - startMs);
  }
  return durationsMs.toSorted((a, b) => a - b)[durationsMs.length >> 1]!;
}

medianMs(split);
const endsMs = medianMs(findEnds);
const splitMs = medianMs(split);
const byteByByteMs = medianMs(byteByByte);
console.log(JSON.stringify({ endsMs, splitMs, byteByByteMs }));
