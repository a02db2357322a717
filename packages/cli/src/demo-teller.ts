/** Telling of the demo: to a newcomer on the screen, or to a script in lines of JSON. */
import { join } from "node:path";
import { bytesText } from "@trofie/contract";
import { jsonTeller, say, screenTeller, type WorkTeller } from "./work-teller.ts";
import { practiceDiskBytes, practiceNames } from "./practice-disks.ts";
import { programName } from "./program-name.ts";
import { styled, type Screen } from "./screen.ts";

/** Where the demo's station listens, as it says itself. */
export interface Listening {
  readonly socket: string;
  readonly page: string;
  readonly reportsPath: string;
}

export interface DemoTeller extends WorkTeller {
  started(listening: Listening): void;
  madeDisks(folder: string): void;
  erased(reportPath: string): void;
  whatNext(listening: Listening): void;
}

export const jsonDemoTeller: DemoTeller = {
  ...jsonTeller,
  started: (listening) => say({ listening }),
  madeDisks: (folder) => say({ practice: practiceNames.map((name) => join(folder, name)) }),
  erased: (report) => say({ report }),
  whatNext: () => {},
};

export function screenDemoTeller(screen: Screen): DemoTeller {
  return {
    ...screenTeller(screen),
    started: ({ socket }) => screen.line(`Started a station; it listens on unix:${socket}`),
    madeDisks(folder) {
      const size = bytesText(practiceDiskBytes);
      screen.line(`Made ${practiceNames.length} practice disks of ${size} in ${folder}`);
    },
    planned: ({ plan }) => screen.line(`Erasing ${plan.path} with zeros`),
    erased: (reportPath) => screen.line(`The report: ${reportPath}`),
    whatNext: ({ page }) => whatNext(page).forEach((line) => screen.line(line)),
  };
}

function whatNext(page: string): string[] {
  return [
    "",
    styled("bold", "The page (this link works once):"),
    `  ${page}`,
    "",
    styled("bold", "In a second terminal:"),
    `  ${programName} devices`,
    `  ${programName} methods`,
    `  ${programName} watch`,
    `  ${programName} erase ${practiceNames[1]} --method zero --wait`,
    `  ${programName} image read ${practiceNames[2]} practice.img.zst --wait`,
    "",
    "Ctrl-C ends the station.",
  ];
}
