/**
 * Takes the README's pictures anew: a real station erases practice disks, in a real terminal (tmux) and in Chromium.
 * Needs Debian's `chromium` and `tmux`. `npm run pictures`.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { chromium, type Browser } from "playwright-core";

const root = join(import.meta.dirname, "..");
const pictures = join(root, "docs/pictures");
const practice = mkdtempSync(join(tmpdir(), "disks-"));
const socket = join(practice, "../trofie-pictures.sock");
const MiB = 1024 ** 2;

const terminalPage = `<style>
  body { margin: 0; }
  pre {
    display: inline-block; margin: 0; padding: 20px 24px; border-radius: 8px;
    font: 14px/1.45 "DejaVu Sans Mono", monospace; color: #d8dee9; background: #1d2128;
  }
</style><pre></pre>`;

const station = startStation();
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  mkdirSync(pictures, { recursive: true });
  const link = await pageLink(station);
  await picturePage(browser, link);
  await pictureTerminal(browser);
} finally {
  await browser.close();
  station.kill();
  await once(station, "exit");
  rmSync(practice, { recursive: true });
}

function startStation(): ChildProcess {
  for (const name of ["archive-a", "archive-b"])
    writeFileSync(join(practice, name), Buffer.alloc(256 * MiB, 0xbe));
  const big = join(practice, "archive-c"); // sparse, and never filled: its job is stopped
  writeFileSync(big, "");
  truncateSync(big, 16 * 1024 * MiB);
  execFileSync("mkfs.ext4", ["-q", "-F", "-L", "backup", join(practice, "archive-b")]);
  const state = join(practice, "../trofie-pictures-state");
  const args = ["--state", state, "--socket", socket, "--http", "0", "--practice", practice, "--json"];
  const program = join(root, "packages/station/src/main.ts");
  const child = spawn(process.execPath, ["--conditions=trofie-source", program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.once("exit", () => rmSync(state, { recursive: true }));
  return child;
}

async function pageLink(from: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: from.stdout! }), "line")) as [string];
  return (JSON.parse(line) as { page: string }).page;
}

async function picturePage(using: Browser, link: string): Promise<void> {
  const page = await using.newPage({ viewport: { width: 1280, height: 860 }, deviceScaleFactor: 2 });
  await page.goto(link);
  const erase = async (name: string, method: string): Promise<void> => {
    await page
      .getByRole("article")
      .filter({ hasText: name })
      .getByRole("button", { name: "Erase" })
      .first()
      .click();
    await page.getByLabel("Method").selectOption(method);
    await page.getByLabel(/^Type/).fill(name);
    await page.keyboard.press("Enter");
  };
  await erase("archive-a", "dod-e");
  await page.getByText("Erased", { exact: true }).first().waitFor();
  await erase("archive-c", "gutmann");
  await page.getByRole("progressbar").first().waitFor();
  await page.waitForTimeout(4_000);
  await page.screenshot({ path: join(pictures, "page.png") });
  await page.getByRole("button", { name: /^Stop/ }).first().click();
  await page.getByText("Stopped", { exact: true }).first().waitFor();
}

/** Types in a real terminal, and pictures what stands on its screen: one erase that is done, and one at work. */
async function pictureTerminal(using: Browser): Promise<void> {
  const tmux = (...args: string[]): string =>
    execFileSync("tmux", ["-L", "trofie", ...args], { encoding: "utf8" });
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const screen = (): string => tmux("capture-pane", "-p", "-t", "t");
  const until = async (text: string): Promise<void> => {
    while (!screen().includes(text)) await wait(50);
  };
  const path = `${root}/node_modules/.bin:${process.env.PATH}`;
  const env = ["-e", `PATH=${path}`, "-e", `TROFIE_STATION=unix:${socket}`, "-e", "PS1=$ "];
  tmux("new-session", "-d", "-s", "t", "-x", "130", "-y", "32", "-c", root, ...env, "bash", "--norc");
  try {
    tmux("send-keys", "-t", "t", "npx trofie erase archive-b --method dod-e --wait", "Enter");
    await until("to erase it");
    tmux("send-keys", "-t", "t", "archive-b", "Enter");
    await until("none differs\n$");
    const large = "npx trofie erase archive-c --method gutmann --confirm archive-c --wait";
    tmux("send-keys", "-t", "t", large, "Enter");
    await until(" left");
    await wait(4_000);
    const lines = stripVTControlCharacters(screen()).trimEnd();
    const page = await using.newPage({ viewport: { width: 1100, height: 560 }, deviceScaleFactor: 2 });
    await page.setContent(terminalPage);
    await page.locator("pre").evaluate((element, text) => (element.textContent = text), lines);
    await page.locator("pre").screenshot({ path: join(pictures, "terminal.png") });
  } finally {
    tmux("kill-server");
  }
}
