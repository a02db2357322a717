/** The page of erase methods: what each writes, and how anybody can check what it wrote. */
import {
  eraseMethods,
  firmwareErases,
  methodPassesText,
  overwriteMethods,
  passWordText,
  purgeMethod,
  type EraseMethod,
} from "@trofie/contract";
import { code, printed, table } from "./markdown.ts";

export function methodsPage(): string {
  return `# Erase methods
${printed}

A method is a list of passes, and a pass is one sweep over the whole device. It is said in a few words what it writes:

- **bytes**, in hex, repeated over the device: byte _o_ of the device is byte _o_ mod length of them, wherever blocks
  begin and end;
- **random**: a random stream, of its own for each pass;
- **character a**: one random byte, drawn anew for each round; **complement of a**: the same with every bit inverted.

\`verify\` is what is read back and compared in any case: the \`last\` pass of all (the blank pass, where one is added), or
also the last pass of each \`round\`. The level is that of NIST SP 800-88r2 §3.1: overwriting never reaches more than
Clear, for it does not reach what the disk keeps to itself, and more passes change nothing about that. The long methods
are here for the contracts that name them.

## Overwriting

${overwritingTable()}

The ${fixedOfGutmann().length} fixed passes of \`gutmann\`, before their order is drawn:

${fixedOfGutmann().join(", ")}

## The disk's own firmware

\`${purgeMethod}\` takes the one of these that suits the disk, and is refused where there is none: an overwrite is never
called a Purge. Source: ${eraseMethods[purgeMethod]!.source}.

${firmwareTable()}

${drawing}
${checking}`;
}

function overwritingTable(): string {
  return table(
    ["id", "title", "passes", "verify", "level", "source", "note"],
    Object.entries(overwriteMethods).map(([id, { title, verify, level, source, note = "" }]) => [
      code(id),
      title,
      methodPassesText(id),
      verify,
      level,
      source,
      note,
    ]),
  );
}

function fixedOfGutmann(): string[] {
  const { passes, shuffled } = overwriteMethods["gutmann"] as Required<Pick<EraseMethod, "shuffled">> &
    EraseMethod;
  return passes.slice(...shuffled).map(passWordText);
}

function firmwareTable(): string {
  return table(
    ["id", "title", "level", "source", "note"],
    Object.entries(firmwareErases).map(([id, erase]) => [
      code(id),
      erase.title,
      erase.level,
      erase.source,
      "note" in erase ? erase.note : "",
    ]),
  );
}

const drawing = `## How the random bytes follow from the seed

When a station accepts a job, it draws a seed of 32 bytes for it and keeps it in its journal. All that is random about
the job follows from it. So a job can go on after a power cut, and what it wrote can be checked years later. Each draw
is the SHA-256 of the seed's 32 bytes and, after them, a label in ASCII:

| what is drawn | label | taken of the 32 bytes |
| --- | --- | --- |
| the key of a random pass | \`key of pass 3\` | all |
| a character | \`character a of round 1\` | the first |
| a place in an order | \`order of passes 5 to 31, place 31, try 1\` | the first 4, as a number, high byte first |
| a place that a sampled pass reads back | \`samples of pass 3, subsection 17, place 1, try 1\` | as of an order |
| a place that \`trofie verify\` reads | \`samples, subsection 17, place 1, try 1\` | as of an order |
| a place that is looked at before and after a firmware erase | \`firmware sample 17, try 1\` | as of an order |

Passes are counted from 1 over the whole plan, all its rounds included, in the order of the plan. An order is drawn from
the last place down (Fisher and Yates): for place _p_ of the range that begins at _f_, there are _n_ = _p_ − _f_ + 1
passes left; the number mod _n_ says which of them comes to place _p_, and the one that was there takes its place. A
number that is not below the largest multiple of _n_ in 32 bits is drawn again, as try 2.

With the seed in hex as \`SEED\`, the key of pass 3 is:

\`\`\`sh
(echo "$SEED" | tr a-f A-F | basenc --base16 -d; printf 'key of pass 3') | sha256sum
\`\`\`

## Which places a sample reads

The disk is counted in units of 4096 bytes; the first and the last, which may be shorter, are always read. What lies
between them, _u_ units, is cut into a thousand subsections: the one counted _i_ from 0 begins at unit
1 + ⌊_u_·_i_ / 1000⌋ and ends before 1 + ⌊_u_·(_i_ + 1) / 1000⌋. Of its _s_ units each of two places has
_p_ = ⌈_s_ · 5 %⌉, and in a quick reading ⌈_s_ · 0.5 %⌉. Two numbers are drawn, each mod _s_ − 2 _p_ + 1; the smaller one
is where the first place begins in the subsection, and the second begins _p_ units after the larger. A number that is
not below the largest multiple in 32 bits is drawn again. Where all that would be more than half of the disk, every byte
is read.

For a firmware erase the disk's whole units of 4096 bytes, at most 512 parts of them with the borders rounded down alike,
give one sample each, at the number drawn mod the part's length; the first and the last 4096 bytes are samples too.

## What a report has

A report has the passes in the order in which they were carried out, with keys and characters as they were drawn, which
is all that a check of the bytes needs, and the seed, from which the places of a sampled reading follow.
`;

const checking = `## Checking a pass without Trofie

Byte _o_ of the device is byte _o_ of the stream under the key of the pass; counter and nonce begin at 0. Any part of it
can be made alone.

| stream | what it is |
| --- | --- |
| \`chacha8\` | ChaCha with 8 rounds and a 64-bit counter (D. J. Bernstein, ChaCha, a variant of Salsa20, 2008) |
| \`chacha20\` | the same with 20 rounds, which is the block function of RFC 8439 §2.3 |
| \`aes-256-ctr\` | AES with a key of 256 bits in counter mode (FIPS 197, NIST SP 800-38A §6.5) |

OpenSSL has \`chacha20\` and \`aes-256-ctr\`. With the report's stream as \`STREAM\`, its key as \`KEY\` and the disk as
\`DISK\`, this prints nothing when every byte of the disk is the one that was written:

\`\`\`sh
head -c "$(blockdev --getsize64 "$DISK")" /dev/zero |
  openssl enc "-$STREAM" -K "$KEY" -iv 00000000000000000000000000000000 |
  cmp - "$DISK"
\`\`\`

And this checks one MiB of \`aes-256-ctr\` from byte \`OFFSET\` on, a multiple of 16:

\`\`\`sh
head -c 1MiB /dev/zero |
  openssl enc -aes-256-ctr -K "$KEY" -iv "$(printf %032x $((OFFSET / 16)))" |
  cmp --bytes=1MiB --ignore-initial="0:$OFFSET" - "$DISK"
\`\`\`

OpenSSL has no \`chacha8\`, which is the default because it is fast also where the processor has no instructions for AES.
Where somebody else's program is to check the erase, take another stream. (\`chacha8\` under a key of zeros begins with
\`3e00ef2f895f40d67f5bb8e81f09a5a1\`.)
`;
