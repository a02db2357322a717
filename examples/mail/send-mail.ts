import { createTransport, type NodemailerError, type SendMailOptions } from "nodemailer";
import type { MailConnection } from "./mail-connection.ts";

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
 * Sends one mail through the SMTP server at the other end of the connection, and closes it. The protocol is
 * Nodemailer's. Where the server offers TLS, it is taken, and the server must prove that it is `host`.
 */
export async function sendMail(
  connection: MailConnection,
  host: string,
  mail: SendMailOptions,
): Promise<Delivery> {
  const mailer = createTransport({ connection: connection.socket, host });
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
