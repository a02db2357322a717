/** What a plan says, and its report repeats, that the work does not reach or prove. Nothing where there is nothing. */
export function Warnings({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <ul className="warnings">
      {texts.map((text) => (
        <li key={text} className="from-disk">
          {text}
        </li>
      ))}
    </ul>
  );
}
