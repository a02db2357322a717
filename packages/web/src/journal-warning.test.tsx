import { stationForgotText, type ClientListener, type StationForgot } from "@trofie/commands";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { JournalWarning } from "./journal-warning.tsx";
import { StationWatch, type StationClient } from "./station-watch.ts";

/** A watch, and the listener by which it hears of its station. */
function watched(): { watch: StationWatch; heard: ClientListener } {
  let heard: ClientListener = {};
  const client = {
    listen(listener: ClientListener) {
      heard = listener;
      return () => {};
    },
  } as unknown as StationClient;
  const watch = new StationWatch(client, () => Promise.resolve(false));
  return { watch, heard };
}

const shown = (watch: StationWatch): string =>
  renderToStaticMarkup(<JournalWarning forgot={watch.read().forgot} onNoted={watch.forgettingNoted} />);

const asMarkup = (text: string): string => text.replaceAll("'", "&#x27;");

test("nothing is warned of while the station knows all that it has told", () => {
  expect(shown(watched().watch)).toBe("");
});

test.each<StationForgot>(["other-journal", "rolled-back", "rewritten"])(
  "a station that forgot (%s) is warned of in the terminal's words, over later snapshots, until that is noted",
  (how) => {
    const { watch, heard } = watched();
    heard.stationForgot?.(how);
    heard.snapshotReceived?.([], 3);
    expect(shown(watch)).toContain('role="alert"');
    expect(shown(watch)).toContain(asMarkup(stationForgotText[how]));
    watch.forgettingNoted();
    expect(shown(watch)).toBe("");
  },
);
