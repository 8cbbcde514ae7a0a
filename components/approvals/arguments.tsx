import type { Review } from "@/lib/approvals/review";
import { VisibleText } from "@/components/ui/visible-text";

interface Row {
  pointer: string;
  name: string;
  value: unknown;
}

const LONG = 400;

/** The exact arguments, typed; what a person confirms and what is sensitive first. */
export function Arguments({ review }: { review: Review }) {
  const { approval, tool, sensitive, not_inspectable } = review;
  const rows = order(Object.entries(approval.arguments).map(toRow), approval.decisive, sensitive);
  const confirms = approval.risk.level === "high";
  return (
    <section className="sec">
      <h2 className="label">
        Action <span>from the request itself, {rows.length === 1 ? "1 of 1 argument" : `${rows.length} of ${rows.length} arguments`}</span>
      </h2>
      <dl className="facts arguments">
        {tool?.method && approval.resource !== null ? (
          <>
            <dt>Call</dt>
            <dd className="mono">
              {tool.method} <VisibleText text={approval.resource} />
            </dd>
            <dd />
          </>
        ) : null}
        {rows.map((row) => (
          <Argument
            key={row.pointer}
            row={row}
            flag={flagOf(row.pointer, confirms ? approval.decisive : [], sensitive)}
            opaque={not_inspectable.some((pointer) => pointer === row.pointer || pointer.startsWith(`${row.pointer}/`))}
          />
        ))}
      </dl>
      {rows.length === 0 ? <p className="muted">It takes no arguments.</p> : null}
    </section>
  );
}

function Argument({ row, flag, opaque }: { row: Row; flag: { text: string; you: boolean } | null; opaque: boolean }) {
  const text = typeof row.value === "string" ? JSON.stringify(row.value) : JSON.stringify(row.value, null, 2);
  return (
    <>
      <dt>
        <VisibleText text={row.name} />
      </dt>
      <dd className="mono">
        {opaque ? (
          <details>
            <summary>
              <span className="bad">▲ Not inspectable:</span> {text.length.toLocaleString("en")} characters nobody can read. Risk raised one
              step. Show them
            </summary>
            <span className="long">
              <VisibleText text={text} />
            </span>
          </details>
        ) : (
          <span className={text.length > LONG ? "long" : ""} {...(text.length > LONG ? { tabIndex: 0 } : {})}>
            <VisibleText text={text} />
          </span>
        )}
      </dd>
      <dd className={flag?.you ? "flag you" : "flag"}>{flag?.text}</dd>
    </>
  );
}

const toRow = ([name, value]: [string, unknown]): Row => ({
  pointer: `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
  name,
  value,
});

const within = (pointers: string[], pointer: string) => pointers.some((each) => each === pointer || each.startsWith(`${pointer}/`));

function order(rows: Row[], decisive: string[], sensitive: string[]): Row[] {
  const rank = (row: Row) => (within(decisive, row.pointer) ? 0 : within(sensitive, row.pointer) ? 1 : 2);
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

function flagOf(pointer: string, decisive: string[], sensitive: string[]) {
  if (within(decisive, pointer)) return { text: "you will confirm this", you: true };
  return within(sensitive, pointer) ? { text: "sensitive", you: false } : null;
}
