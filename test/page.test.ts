/** The page in a real browser, on a real station, over a network that is cut and comes back. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eraseMethods } from "@trofie/contract";
import { chromium, type Browser, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

const browserPath = "/usr/bin/chromium";
const mebibyte = 1_048_576;
const slowMs = 30_000;

const folder = mkdtempSync(join(tmpdir(), "trofie-page-"));
const practice = join(folder, "practice");
const images = join(folder, "images");
const complaints: string[] = [];
let station: ChildProcess;
let link: string;
let network: CuttableNetwork;
let browser: Browser;
let page: Page;

beforeEach(({ skip }) => {
  skip(!existsSync(browserPath), `there is no ${browserPath}: apt-get install chromium`);
});

beforeAll(async () => {
  if (!existsSync(browserPath)) return;
  mkdirSync(practice);
  mkdirSync(images);
  makePracticeFiles();
  link = await startStation(0);
  network = new CuttableNetwork(Number(new URL(link).port));
  await network.restore();
  browser = await startBrowser();
  page = await newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
}, slowMs);

afterAll(async () => {
  await browser?.close();
  await network?.cut();
  await stopStation();
  rmSync(folder, { recursive: true, force: true });
}, slowMs);

test("the link opens the page once, and no other browser after that", async () => {
  await page.goto(link);
  await status("Connected").waitFor();
  await device("full.img").getByText("1.07 GB").waitFor();
  await device("endless.img").waitFor();

  const stranger = await newPage();
  const answer = await stranger.goto(link);
  expect(answer?.status()).toBe(401);
  expect(await stranger.textContent("body")).toContain("used already");
  await stranger.context().close();
});

test("a protected disk is shown as such, and cannot be asked to be erased", async () => {
  await device("kept.img").getByText(`it is protected (${practice}/kept*)`).waitFor();
  expect(await device("kept.img").getByRole("button", { name: "Erase" }).isDisabled()).toBe(true);
});

test("Escape and Cancel close the plan and give the focus back", async () => {
  const erase = device("full.img").getByRole("button", { name: "Erase" });
  const isFocused = (): Promise<boolean> => erase.evaluate((button) => button === document.activeElement);
  await erase.press("Enter");
  await eraseButton().waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "hidden" });
  expect(await isFocused()).toBe(true);

  await erase.press("Enter");
  await dialog().getByRole("button", { name: "Cancel" }).press("Enter");
  await dialog().waitFor({ state: "hidden" });
  expect(await isFocused()).toBe(true);
});

test("a disk cannot be erased before its word is typed exactly", async () => {
  await device("full.img").getByRole("button", { name: "Erase" }).click();
  const typed = dialog().getByLabel("Type full.img, the name of its file");
  for (const wrong of ["", "full", "Full.img", "full.img "]) {
    await typed.fill(wrong);
    expect(await eraseButton().isDisabled()).toBe(true);
    await typed.press("Enter");
  }
  await typed.fill("full.img");
  expect(await eraseButton().isEnabled()).toBe(true);
});

test("an order given while the network is cut is carried out once, when it is back", async () => {
  await network.cut();
  await status("Not connected").waitFor();
  await page.getByText("may be old").waitFor();

  await eraseButton().click();
  for (let i = 0; i < 3; i += 1) await page.keyboard.press("Escape");
  await dialog().getByText("Sending…").waitFor();
  expect(await page.getByRole("heading", { name: "Jobs" }).textContent()).toBe("Jobs 0");

  await network.restore();
  await status("Connected").waitFor();
  await dialog().waitFor({ state: "hidden" });
  expect(await page.getByText("may be old").count()).toBe(0);
});

test("a job that runs while the network is cut is shown to its end, and what it did is true", async () => {
  await seesProgress("full.img");
  await network.cut();
  await status("Not connected").waitFor();
  await network.restore();
  await status("Connected").waitFor();

  await job("full.img").getByText("Erased", { exact: true }).waitFor({ timeout: slowMs });
  await job("full.img").getByText("1.07 GB read back, none differs").waitFor();
  expect(await page.getByRole("heading", { name: "Jobs" }).textContent()).toBe("Jobs 1");
  expect(await isAllZeros(join(practice, "full.img"))).toBe(true);
});

test("a job that runs can be stopped", async () => {
  await device("endless.img").getByRole("button", { name: "Erase" }).click();
  await dialog().getByLabel("Type").fill("endless.img");
  await eraseButton().click();
  await seesProgress("endless.img");
  await job("endless.img").getByRole("button", { name: "Stop" }).click();
  await job("endless.img").getByText("Stopped", { exact: true }).waitFor();
  await job("endless.img").getByText("The disk is not erased.").waitFor();
});

test("a job that runs can be paused, and goes on when it is resumed", async () => {
  await device("endless.img").getByRole("button", { name: "Erase" }).click();
  await dialog().getByLabel("Type").fill("endless.img");
  await eraseButton().click();
  await seesProgress("endless.img");
  await job("endless.img").getByRole("button", { name: "Pause" }).click();
  await job("endless.img").getByText("Paused", { exact: true }).waitFor();
  await job("endless.img").getByText("until it is told to go on or to stop").waitFor();
  await job("endless.img")
    .getByText(/[kMG]B\/s/)
    .waitFor({ state: "detached" });
  await job("endless.img").getByRole("button", { name: "Resume" }).click();
  await seesProgress("endless.img");
  await job("endless.img").getByRole("button", { name: "Stop" }).click();
  await job("endless.img").getByText("Stopped", { exact: true }).waitFor();
});

test("every method can be chosen, and one that the disk has not is refused before anything is typed", async () => {
  await device("endless.img").getByRole("button", { name: "Erase" }).click();
  const method = dialog().getByLabel("Method");
  const offered = await method
    .getByRole("option")
    .evaluateAll((options) => options.map((option) => option.getAttribute("value")));
  expect(offered).toEqual(Object.keys(eraseMethods));

  await method.selectOption("gutmann");
  await dialog().getByText("27 in an order drawn for the job").waitFor();
  await dialog().getByLabel("Read back").selectOption("sampled");
  await dialog().getByText("after the last pass: at least a tenth").waitFor();

  await method.selectOption("nvme-format");
  await dialog().getByRole("alert").getByText("Cannot erase").waitFor();
  expect(await dialog().getByLabel("Read back").count()).toBe(0);
  expect(await eraseButton().count()).toBe(0);
  await page.keyboard.press("Escape");
});

test("what is done from a terminal is shown too, each kind of work with what it has found", async () => {
  await ranTrofie("image", "read", "small.img", "small.gz", "--wait");
  await job("small.img").getByText("Done", { exact: true }).waitFor();
  await job("small.img").getByText("read back and hashed to the same").waitFor();

  await ranTrofie("verify", "small.img", "--expect", "00", "--wait");
  await job("small.img").getByText("Failed", { exact: true }).waitFor();
  await job("small.img").getByText("bytes at 0 differ from what belongs there").waitFor();

  await ranTrofie("erase", "small.img", "--method", "pfitzner33", "--confirm", "small.img", "--wait");
  await job("small.img").getByText("Erased", { exact: true }).waitFor();
  const passes = job("small.img").getByRole("table");
  expect(await passes.isVisible()).toBe(false);
  await job("small.img").getByText("33 passes").click();
  expect(await passes.getByRole("row").count()).toBe(1 + 33);

  await ranTrofie("health", "small.img");
  await job("small.img").getByText("it gives no health data").waitFor();
  expect(await job("small.img").getByText("The disk is not erased").count()).toBe(0);
});

test("a job whose station is killed goes on when the station is back, and is shown with no new link", async () => {
  await device("endless.img").getByRole("button", { name: "Erase" }).click();
  await dialog().getByLabel("Type").fill("endless.img");
  await eraseButton().click();
  await seesProgress("endless.img");
  station.kill("SIGKILL");
  await once(station, "exit");
  await status("Not connected").waitFor();
  await startStation(Number(new URL(link).port));
  await status("Connected").waitFor();
  await seesProgress("endless.img");
  await job("endless.img").getByText("Erasing", { exact: true }).waitFor();
});

test("a page whose session has ended says so, and goes on by itself once a new link is opened in its browser", async () => {
  await stopStation();
  rmSync(join(folder, "state"), { recursive: true }); // whom it had let in stands in its journal
  const newLink = await startStation(Number(new URL(link).port));
  await status("Session ended").waitFor();
  await page.getByText("Get a new link with trofie page").waitFor();

  const otherTab = await page.context().newPage();
  await otherTab.goto(newLink);
  await status("Connected").waitFor();
  await device("full.img").waitFor();
});

test("neither the console nor the security policy has anything to complain of but that the station was away", () => {
  const isOfAbsence = (complaint: string): boolean =>
    /net::ERR_|ws:.*session|status of 401/.test(complaint) && !complaint.includes("Content Security Policy");
  expect(complaints.filter((complaint) => !isOfAbsence(complaint))).toEqual([]);
});

/** Waits until the bar of the job has moved. */
async function seesProgress(name: string): Promise<void> {
  const bar = job(name).getByRole("progressbar", { name });
  const doneBytes = async (): Promise<number> => Number(await bar.getAttribute("value"));
  const atFirst = await doneBytes();
  await expect.poll(doneBytes, { timeout: slowMs, interval: 50 }).toBeGreaterThan(atFirst);
}

function status(text: string): Locator {
  return page.getByRole("banner").getByRole("status").getByText(text, { exact: true });
}

function device(name: string): Locator {
  return page.getByRole("region", { name: "Disks" }).getByRole("article", { name });
}

function job(name: string): Locator {
  return page.getByRole("region", { name: "Jobs" }).getByRole("article", { name }).first();
}

function dialog(): Locator {
  return page.getByRole("dialog", { name: "Erase" });
}

function eraseButton(): Locator {
  return dialog().getByRole("button", { name: "Erase" });
}

async function isAllZeros(path: string): Promise<boolean> {
  const zeros = Buffer.alloc(mebibyte);
  for await (const chunk of createReadStream(path, { highWaterMark: mebibyte }) as AsyncIterable<Buffer>)
    if (!chunk.equals(zeros.subarray(0, chunk.length))) return false;
  return true;
}

/** A disk that takes a moment to erase, and one that takes so long that it can be stopped. */
function makePracticeFiles(): void {
  const full = openSync(join(practice, "full.img"), "w");
  for (let i = 0; i < 1_024; i += 1) writeSync(full, randomBytes(mebibyte));
  closeSync(full);
  writeFileSync(join(practice, "small.img"), Buffer.alloc(mebibyte, 0xbe));
  writeFileSync(join(practice, "kept.img"), Buffer.alloc(mebibyte, 0xbe));
  writeFileSync(join(practice, "endless.img"), "");
  truncateSync(join(practice, "endless.img"), 16_384 * mebibyte);
}

/** Returns the page's link, by a name that leads through the network that can be cut. */
async function startStation(httpPort: number): Promise<string> {
  const program = join(import.meta.dirname, "../packages/station/src/main.ts");
  const places = [
    "--state",
    join(folder, "state"),
    "--socket",
    join(folder, "socket"),
    "--practice",
    practice,
    "--images",
    images,
    "--protect",
    join(practice, "kept*"),
  ];
  station = spawn(
    process.execPath,
    ["--conditions=trofie-source", program, ...places, "--http", String(httpPort), "--json"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = (await once(createInterface(station.stdout!), "line")) as [string];
  const listening = JSON.parse(line) as { page: string };
  return listening.page.replace("127.0.0.1", "localhost");
}

/** The terminal's program, at the same station. */
async function ranTrofie(...args: readonly string[]): Promise<void> {
  const program = join(import.meta.dirname, "../packages/cli/src/main.ts");
  const where = ["--station", `unix:${join(folder, "socket")}`];
  const child = spawn(process.execPath, ["--conditions=trofie-source", program, ...where, ...args], {
    env: { ...process.env, TROFIE_STATE: join(folder, "state") },
    stdio: "ignore",
  });
  await once(child, "exit");
}

async function stopStation(): Promise<void> {
  if (station?.kill("SIGTERM")) await once(station, "exit");
}

/** The browser finds "localhost" at the address of the network that can be cut. */
function startBrowser(): Promise<Browser> {
  const quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update"];
  return chromium.launch({
    executablePath: browserPath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      ...quiet,
      `--host-resolver-rules=MAP localhost ${networkAddress}`,
    ],
  });
}

async function newPage(): Promise<Page> {
  const context = await browser.newContext();
  context.setDefaultTimeout(slowMs);
  return context.newPage();
}

const networkAddress = "127.0.0.2";

/** Stands between browser and station, at the station's port of another loopback address. */
class CuttableNetwork {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  async restore(): Promise<void> {
    this.#server = createServer((near) => {
      const far = connect(this.#port, "127.0.0.1");
      this.#keep(near, far);
      this.#keep(far, near);
      near.pipe(far).pipe(near);
    });
    this.#server.listen(this.#port, networkAddress);
    await once(this.#server, "listening");
  }

  /** Resets every connection, and takes no new one. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    server.close();
    await once(server, "close");
  }

  /** What happens to one end happens to the other. */
  #keep(socket: Socket, other: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => other.resetAndDestroy());
    socket.on("close", () => {
      this.#sockets.delete(socket);
      other.destroySoon();
    });
  }
}
