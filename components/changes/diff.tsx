import type { Touched } from "@/lib/changes/schema";

/** One object, member by member: what differs first, as it is and as it would be. */
export function Diff({ object, before, after }: Touched) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const differing = names.filter((name) => text(before?.[name]) !== text(after?.[name]));
  return (
    <section className="sec">
      <h2 className="label">
        <span className="mono">{object}</span> <span>{before === null ? "new" : after === null ? "taken away" : "changed"}</span>
      </h2>
      <table className="rows diff">
        <thead>
          <tr>
            <th>What</th>
            <th>Is</th>
            <th>Would be</th>
          </tr>
        </thead>
        <tbody>
          {differing.map((name) => (
            <tr key={name}>
              <td className="mono">{name}</td>
              <td className="wrap">{before === null ? <span className="muted">not there</span> : <del>{text(before[name])}</del>}</td>
              <td className="wrap">{after === null ? <span className="muted">not there</span> : <ins>{text(after[name])}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {names.length > differing.length ? (
        <p className="muted small-text">{names.length - differing.length} more stay as they are.</p>
      ) : null}
    </section>
  );
}

const text = (value: unknown): string =>
  value === undefined || value === null ? "—" : typeof value === "string" ? value : JSON.stringify(value);
