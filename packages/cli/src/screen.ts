/** Where the program writes: lines that stay, and on a terminal one last line that changes in place. */
import { styleText } from "node:util";

export interface Screen {
  /** A line that stays. */
  line(text: string): void;
  /** The line at the bottom, in place of the one before; "" takes it away. Only terminals show it. */
  status(text: string): void;
  readonly isTerminal: boolean;
}

const eraseLine = "\r\u001B[K";

export function openScreen(stream: NodeJS.WriteStream): Screen {
  let status = "";
  const isTerminal = stream.isTTY;
  const cut = (text: string): string => text.slice(0, Math.max(0, stream.columns - 1));
  return {
    isTerminal,
    line(text) {
      stream.write(status === "" ? `${text}\n` : `${eraseLine}${text}\n${cut(status)}`);
    },
    status(text) {
      if (!isTerminal || text === status) return;
      status = text;
      stream.write(`${eraseLine}${cut(text)}`);
    },
  };
}

/** How wide a table may be: as the terminal, if there is one and it says how wide it is. */
export function tableWidth(): number {
  return process.stdout.columns || Infinity;
}

type Style = Parameters<typeof styleText>[0];

/** Styled where the stream can show it and `NO_COLOR` does not forbid it. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
