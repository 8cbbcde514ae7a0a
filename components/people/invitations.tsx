"use client";
import { useState } from "react";
import { Confirm } from "@/components/ui/confirm";
import { Time } from "@/components/ui/time";
import { VisibleText } from "@/components/ui/visible-text";
import { usePeopleChanges } from "@/lib/client/use-people";
import type { Invitation } from "@/lib/people/invitations";
import { RoleChips } from "./role-chips";

/** Invitations that can still be accepted. */
export function Invitations({ invitations, changes }: { invitations: Invitation[]; changes: boolean }) {
  const [withdrawing, setWithdrawing] = useState<Invitation | null>(null);
  const { withdraw } = usePeopleChanges();
  return (
    <section className="card">
      <h2 className="sec label">
        Open invitations <span>{invitations.length ? "each good for seven days" : "none"}</span>
      </h2>
      {invitations.length ? (
        <table className="rows">
          <thead>
            <tr>
              <th>Invited</th>
              <th className="hide">Roles</th>
              <th className="hide">Until</th>
              {changes ? (
                <th>
                  <span className="sr-only">Withdraw</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {invitations.map((invitation) => (
              <tr key={invitation.id}>
                <td>
                  <b className="wrap">{invitation.email}</b>
                  <br />
                  <span className="muted">
                    {invitation.name ? (
                      <>
                        <VisibleText text={invitation.name} />,{" "}
                      </>
                    ) : null}
                    by {invitation.invited_by ?? "the operator"}
                  </span>
                  <span className="only-phone">
                    <RoleChips roles={invitation.roles} />
                  </span>
                </td>
                <td className="hide">
                  <RoleChips roles={invitation.roles} />
                </td>
                <td className="hide muted">
                  <Time iso={invitation.expires_at} style="day" />
                </td>
                {changes ? (
                  <td className="n">
                    <button
                      type="button"
                      className="btn small quiet"
                      aria-label={`Withdraw the invitation of ${invitation.email}…`}
                      onClick={() => setWithdrawing(invitation)}
                    >
                      Withdraw…
                    </button>
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {withdrawing ? (
        <Confirm
          title={`Withdraw the invitation of ${withdrawing.email}?`}
          act="Withdraw"
          onAct={() => withdraw(withdrawing.id)}
          onClose={() => setWithdrawing(null)}
        >
          <p>Its link ends at once. They can be invited again, with a new link.</p>
        </Confirm>
      ) : null}
    </section>
  );
}
