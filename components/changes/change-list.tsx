"use client";
import Link from "next/link";
import { Failure } from "@/components/ui/failure";
import { Time } from "@/components/ui/time";
import type { Change } from "@/lib/changes/schema";
import { useChanges } from "@/lib/client/use-changes";
import { CHANGE_WORDS } from "./words";

/** What somebody proposed: what waits first, then what became of the rest. */
export function ChangeList({ initial }: { initial: Change[] }) {
  const { data: changes, error, refetch } = useChanges(initial);
  if (error && !changes.length) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <section className="card">
      {changes.length === 0 ? (
        <div className="empty">
          <b>Nothing was proposed</b>
          <span className="empty-text">
            What widens what agents may do, or who decides, waits here for a second admin. What only tightens is in force at once. While
            there has only ever been one admin, so is everything.
          </span>
        </div>
      ) : (
        <table className="rows">
          <thead>
            <tr>
              <th>Change</th>
              <th className="hide">Proposed by</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((change) => (
              <tr key={change.id}>
                <td className="wrap">
                  <Link className="row-link" href={`/changes/${change.id}`}>
                    {change.summary[0]}
                    {change.summary.length > 1 ? `, and ${change.summary.length - 1} more` : ""}
                  </Link>
                  <div className="muted">{change.reason}</div>
                </td>
                <td className="hide">{change.proposed_by.name}</td>
                <td>
                  {CHANGE_WORDS[change.status]}
                  <div className="muted">
                    <Time iso={change.decision?.at ?? change.created_at} style="day" />
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
