import { readings, readingText, type Reading } from "@trofie/contract";

interface Props {
  readonly reading: Reading;
  readonly isDisabled: boolean;
  readonly onChange: (reading: Reading) => void;
}

/** How much is read back after the last pass. */
export function ReadingField({ reading, isDisabled, onChange }: Props) {
  return (
    <label className="field">
      Read back
      <select
        value={reading}
        disabled={isDisabled}
        onChange={({ target }) => onChange(readings[target.selectedIndex]!)}
      >
        {readings.map((one) => (
          <option key={one} value={one}>
            {readingText[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
