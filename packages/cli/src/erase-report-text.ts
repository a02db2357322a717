/** What an erase did, pass by pass, and what anybody needs to check it again. */
import {
  bytesText,
  durationText,
  exactBytesText,
  fillText,
  firmwareErases,
  opensslText,
  rateText,
  type EraseFindings,
  type Fill,
  type Job,
  type PassReport,
  type Resumption,
} from "@trofie/contract";
import { faultySection, ioText, section, seedSection, verificationDetail } from "./report-parts.ts";
import { shellWord } from "./shell-word.ts";
import { formatTable } from "./table.ts";

export function eraseSections(findings: EraseFindings, job: Job): string[] {
  const { passes, resumptions, directIo, warnings } = findings;
  return [
    `Passes, as they were carried out (${ioText(directIo)}):\n${passTable(passes)}`,
    ...section("Read back:", passes.flatMap(readBackLines)),
    ...section("Of the disk's own erase:", passes.flatMap(firmwareLines)),
    ...section("Keys of the random passes:", passes.flatMap(keyLines)),
    ...checkSection(passes, job),
    ...section("What its plan warned of:", warnings),
    ...section("Went on after it was cut off:", resumptions.map(resumptionText)),
    ...seedSection(findings),
    ...faultySection(findings),
  ];
}

const passColumns = [
  { title: "PASS" },
  { title: "WHAT" },
  { title: "BYTES" },
  { title: "TIME" },
  { title: "RATE" },
];

function passTable(passes: readonly PassReport[]): string {
  return formatTable(passColumns, passes.map(passRow), Infinity);
}

function passRow(pass: PassReport, i: number): string[] {
  const number = String(i + 1);
  if (pass.kind === "firmware") {
    const { command, durationMs } = pass.firmware;
    return [number, firmwareErases[command].title, "-", durationText(durationMs), "-"];
  }
  const took = durationText(pass.durationMs);
  if (pass.kind === "discard")
    return [number, pass.done ? "blocks given back" : "blocks not given back", "-", took, "-"];
  const rate = pass.durationMs === 0 ? "-" : rateText((1000 * pass.bytesWritten) / pass.durationMs);
  return [number, shortFillText(pass.fill), exactBytesText(pass.bytesWritten), took, rate];
}

/** A pattern may be 256 bytes long. */
function shortFillText(fill: Fill): string {
  const text = fillText(fill);
  return text.length <= 48 ? text : `${text.slice(0, 47)}…`;
}

function readBackLines(pass: PassReport, i: number): string[] {
  if (pass.kind !== "overwrite" || pass.verification === null) return [];
  return [`pass ${i + 1}: ${verificationDetail(pass.verification)}`];
}

function firmwareLines(pass: PassReport, i: number): string[] {
  if (pass.kind !== "firmware") return [];
  const { status, succeeded, samples, silentSamples, unchangedSamples } = pass.firmware;
  return [
    `pass ${i + 1}: ${succeeded ? "succeeded" : "did not succeed"}: ${status}`,
    `pass ${i + 1}: of ${samples} samples ${silentSamples} held nothing before; of the others ${unchangedSamples} are as before`,
  ];
}

function keyLines(pass: PassReport, i: number): string[] {
  if (pass.kind !== "overwrite" || pass.fill.kind !== "random") return [];
  return [`pass ${i + 1}: ${pass.fill.stream} ${pass.fill.keyHex}`];
}

/** Only what the last pass left is still there, and nothing for certain where the blocks were given back. */
function checkSection(passes: readonly PassReport[], { path, identity }: Job): string[] {
  const last = passes.findLast((pass) => pass.kind === "overwrite");
  const isDiscarded = passes.some((pass) => pass.kind === "discard" && pass.done);
  const command = last && !isDiscarded ? opensslText(last.fill) : null;
  if (command === null) return [];
  const compare = `cmp --bytes=${identity.sizeBytes} - ${shellWord(path)}`;
  return section("To compare the disk with the last pass, with OpenSSL alone:", [`${command} | ${compare}`]);
}

function resumptionText({ pass, offset, overlapBytes, proven }: Resumption): string {
  if (offset === 0) return `from the beginning of pass ${pass + 1}`;
  const found = proven ? "as they were written" : "not as they were written: the pass began anew";
  return `in pass ${pass + 1}, at ${offset.toLocaleString("en")}: ${bytesText(overlapBytes)} before it are ${found}`;
}
