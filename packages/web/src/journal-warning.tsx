/** Says that the station does not know what it once told this tab, until somebody has taken note. */
import { stationForgotText } from "@trofie/commands";
import { timeText } from "@trofie/contract";
import type { Forgotten } from "./station-watch.ts";

interface Props {
  readonly forgot: Forgotten | null;
  readonly onNoted: () => void;
}

export function JournalWarning({ forgot, onNoted }: Props) {
  if (!forgot) return null;
  return (
    <div className="journal-warning" role="alert">
      <p>
        <strong>Seen at {timeText(forgot.seenMs)}.</strong> {stationForgotText[forgot.how]}
      </p>
      <button type="button" className="quiet" onClick={onNoted}>
        I have read this
      </button>
    </div>
  );
}
