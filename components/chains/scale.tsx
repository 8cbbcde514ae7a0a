import { clockText } from "@/components/approvals/words";
import { listNames } from "@/lib/escalation/check";
import type { ChainInput } from "@/lib/escalation/schema";
import { RISKS, type Risk } from "@/lib/catalog/terms";

/** Labels this close, as parts of the width, would run into each other: they go below one another. */
const APART = 0.6;
const BAR = 22;
const ROW = 16;

interface Mark {
  seconds: number;
  at: number;
  row: number;
  risks: Risk[];
}

/** The levels as stretches of time and each risk's deadline as a mark, to scale. The sentence above says the same in words. */
export function Scale({ levels, timeout }: { levels: ChainInput["levels"]; timeout: Record<Risk, number> }) {
  const starts = levels.map((_, i) => levels.slice(0, i).reduce((sum, level) => sum + (level.escalate_after ?? 0), 0));
  const end = Math.max(...RISKS.map((risk) => timeout[risk]), (starts.at(-1) ?? 0) * 1.1);
  const marks = placeMarks(timeout, end);
  const rows = Math.max(...marks.map((mark) => mark.row)) + 1;
  return (
    <svg className="scale" width="100%" height={44 + rows * ROW} role="img" aria-label={inWords(starts, marks)}>
      {starts.map((start, i) => {
        const width = (starts[i + 1] ?? end) - start;
        const last = i === levels.length - 1;
        return (
          <g key={i}>
            <rect className="seg" x={percent(start / end)} y={7} width={percent(width / end)} height={BAR} rx={4} />
            <svg x={percent(start / end)} y={7} width={percent(width / end)} height={BAR}>
              <text x={8} y={15}>
                {last && levels.length > 1 ? `${i + 1} keeps being asked` : i + 1}
              </text>
            </svg>
          </g>
        );
      })}
      {marks.map(({ seconds, at, row, risks }) => (
        <g key={seconds} className={risks[0]}>
          <line x1={percent(at)} x2={percent(at)} y1={1} y2={38 + row * ROW} />
          <text x={percent(at)} y={51 + row * ROW} textAnchor={at > 0.75 ? "end" : at < 0.25 ? "start" : "middle"}>
            {clockText(seconds * 1000)} {risks.join(", ")}: denied
          </text>
        </g>
      ))}
    </svg>
  );
}

function placeMarks(timeout: Record<Risk, number>, end: number): Mark[] {
  const marks: Mark[] = [];
  const lastInRow: number[] = [];
  const deadlines = [...new Set(RISKS.map((risk) => timeout[risk]))].sort((a, b) => a - b);
  for (const seconds of deadlines) {
    const at = seconds / end;
    const free = lastInRow.findIndex((last) => at - last >= APART);
    const row = free < 0 ? lastInRow.length : free;
    lastInRow[row] = at;
    marks.push({ seconds, at, row, risks: RISKS.filter((risk) => timeout[risk] === seconds).reverse() });
  }
  return marks;
}

const percent = (part: number) => `${(part * 100).toFixed(3)}%`;

const inWords = (starts: number[], marks: Mark[]) =>
  [
    ...starts.map((start, i) => `Level ${i + 1} from ${clockText(start * 1000)}`),
    ...marks.map(({ seconds, risks }) => `denied at ${clockText(seconds * 1000)} at ${listNames(risks)} risk`),
  ].join(", ");
