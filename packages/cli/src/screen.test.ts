import { expect, test } from "vitest";
import { openScreen } from "./screen.ts";

function terminal(): { screen: ReturnType<typeof openScreen>; written: string[] } {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 80, write: (text: string) => written.push(text) };
  return { screen: openScreen(stream as unknown as NodeJS.WriteStream), written };
}

test("a line comes above the one that changes in place", () => {
  const { screen, written } = terminal();
  screen.status("10 %");
  screen.line("No connection");
  expect(written.at(-1)).toBe("\r\u001B[KNo connection\n10 %");
});

test("while somebody types lines wait, and come in their order afterwards", () => {
  const { screen, written } = terminal();
  const release = screen.hold();
  screen.line("No connection");
  screen.status("10 %");
  screen.line("Connected again");
  expect(written).toEqual([]);
  release();
  expect(written).toEqual(["No connection\n", "Connected again\n"]);
});
