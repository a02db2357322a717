import type { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { createTransport, type NodemailerError, type SendMailOptions } from "nodemailer";

/** What became of each recipient. */
export interface Delivery {
  readonly accepted: readonly string[];
  readonly refused: readonly Refusal[];
}

export interface Refusal {
  readonly recipient: string;
  /** The server's words, after its code. */
  readonly answer: string;
}

/**
 * Sends one mail through the SMTP server at the other end of the stream, and closes it. The protocol is
 * Nodemailer's. Where the server offers TLS, it is taken, and the server must prove that it is `host`.
 */
export async function sendMail(stream: Duplex, host: string, mail: SendMailOptions): Promise<Delivery> {
  // Nodemailer asks for a `Socket`, and uses of it what any connection's stream has.
  const mailer = createTransport({ connection: stream as Socket, host });
  try {
    const { accepted, rejectedErrors = [] } = await mailer.sendMail(mail);
    return { accepted, refused: rejectedErrors.map(refusal) };
  } catch (error) {
    const { rejectedErrors } = error as NodemailerError; // There when every recipient was refused.
    if (rejectedErrors) return { accepted: [], refused: rejectedErrors.map(refusal) };
    throw error;
  }
}

/** An answer may have many lines, and each begins with the code: `452-The mailbox is full`. */
function refusal({ recipient = "", responseCode = 0, response = "" }: NodemailerError): Refusal {
  const lines = response.split("\n").map((line) => line.replace(/^\d{3}[ -]/, ""));
  return { recipient, answer: [responseCode, ...lines].join(" ") };
}
