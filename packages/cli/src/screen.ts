/** Where the program writes: lines that stay, and on a terminal one last line that changes in place. */
import { styleText } from "node:util";

export interface Screen {
  /** A line that stays. */
  line(text: string): void;
  /** The line at the bottom, in place of the one before; "" takes it away. Only terminals show it. */
  status(text: string): void;
  /** Somebody is typing here: lines wait, and the last one stays away, until what this returns is called. */
  hold(): () => void;
  readonly isTerminal: boolean;
}

const eraseLine = "\r\u001B[K";

export function openScreen(stream: NodeJS.WriteStream): Screen {
  let status = "";
  let held: string[] | null = null;
  const isTerminal = stream.isTTY;
  const cut = (text: string): string => text.slice(0, Math.max(0, stream.columns - 1));
  const line = (text: string): void => {
    if (held) held.push(text);
    else stream.write(status === "" ? `${text}\n` : `${eraseLine}${text}\n${cut(status)}`);
  };
  return {
    isTerminal,
    line,
    status(text) {
      if (!isTerminal || text === status || held) return;
      status = text;
      stream.write(`${eraseLine}${cut(text)}`);
    },
    hold() {
      const lines: string[] = [];
      held = lines;
      return () => {
        held = null;
        lines.forEach(line);
      };
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
