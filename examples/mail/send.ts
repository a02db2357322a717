/**
 * Sends the mail whose text comes from standard input:
 * `npm run mail:send -- [host] [port] --from ADDRESS --to ADDRESS [--to ADDRESS]… [--subject TEXT]`.
 */
import { addAbortSignal } from "node:stream";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { asError, Factory, runMain, StreamProtocol } from "@trofie/reactor";
import { placeOf, readArguments } from "../program.ts";
import { sendMail } from "./send-mail.ts";

const USAGE =
  "npm run mail:send -- [host] [port] --from ADDRESS --to ADDRESS [--to ADDRESS]… [--subject TEXT] < TEXT";

const { host, port, from, to, subject } = readArguments(USAGE, () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: "string" },
      to: { type: "string", multiple: true, default: [] },
      subject: { type: "string", default: "" },
    },
  });
  if (!values.from || values.to.length === 0) throw new Error("--from and --to are needed");
  return { ...placeOf(positionals), ...values, from: values.from };
});

await runMain(async (reactor, signal) => {
  console.log("Type the mail, and end it with Ctrl-D");
  const mail = { from, to, subject, text: await text(addAbortSignal(signal, process.stdin)) };
  const connection = await reactor.connectTCP(host, port, Factory.forProtocol(StreamProtocol));
  try {
    const { accepted, refused } = await sendMail(connection.stream, host, mail);
    for (const recipient of accepted) console.log(`Sent to ${recipient}`);
    for (const { recipient, answer } of refused) console.error(`Cannot send to ${recipient}: ${answer}`);
    if (refused.length > 0) process.exitCode = 1;
  } catch (error) {
    throw new Error(`Cannot send the mail: ${asError(error).message}`, { cause: error });
  }
  await connection.transport.loseConnection();
});
