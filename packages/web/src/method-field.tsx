import { eraseMethods, firmwareErases, overwriteMethods, purgeMethod } from "@trofie/contract";

interface Props {
  readonly method: string;
  readonly isDisabled: boolean;
  readonly onChange: (method: string) => void;
}

const groups = [
  { title: "Overwriting", ids: Object.keys(overwriteMethods) },
  { title: "Whichever command of the disk's own fits", ids: [purgeMethod] },
  { title: "One command of the disk's own", ids: Object.keys(firmwareErases) },
];

/** All methods of erasing, by who does it. */
export function MethodField({ method, isDisabled, onChange }: Props) {
  return (
    <label className="field">
      Method
      <select value={method} disabled={isDisabled} onChange={({ target }) => onChange(target.value)}>
        {groups.map(({ title, ids }) => (
          <optgroup key={title} label={title}>
            {ids.map((id) => (
              <option key={id} value={id}>
                {eraseMethods[id]!.title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
