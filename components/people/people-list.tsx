"use client";
import { useState } from "react";
import { Failure } from "@/components/ui/failure";
import { Time } from "@/components/ui/time";
import { VisibleText } from "@/components/ui/visible-text";
import { usePeople, type PeopleBook } from "@/lib/client/use-people";
import type { Person } from "@/lib/people/schema";
import { Invitations } from "./invitations";
import { InvitePerson } from "./invite-person";
import { PersonActs } from "./person-acts";
import { RoleChips } from "./role-chips";

/** Everybody here with their roles, and who is invited. */
export function PeopleList({ initial, changes, me }: { initial: PeopleBook; changes: boolean; me: string }) {
  const { data, error, refetch } = usePeople(initial);
  const [inviting, setInviting] = useState(false);
  return (
    <>
      <div className="crumb">
        <h1>People</h1>
        <span className="muted">{data.items.length}</span>
        <span className="sp" />
        {changes ? (
          <button type="button" className="btn small primary" onClick={() => setInviting(true)}>
            Invite somebody…
          </button>
        ) : null}
      </div>
      {error ? (
        <section className="card">
          <Failure error={error} retry={() => void refetch()} />
        </section>
      ) : (
        <>
          <section className="card">
            <PeopleTable people={data.items} changes={changes} me={me} />
          </section>
          <Invitations invitations={data.invitations} changes={changes} />
        </>
      )}
      {inviting ? <InvitePerson onClose={() => setInviting(false)} /> : null}
    </>
  );
}

function PeopleTable({ people, changes, me }: { people: Person[]; changes: boolean; me: string }) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Person</th>
          <th className="hide">Roles</th>
          <th className="hide">Here since</th>
          {changes ? (
            <th>
              <span className="sr-only">Change</span>
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.id}>
            <td>
              <b>
                <VisibleText text={person.name} />
              </b>{" "}
              {person.id === me ? <span className="flag you">you</span> : null}{" "}
              {person.status === "disabled" ? <span className="flag">disabled</span> : null}
              <br />
              <span className="muted wrap">{person.email ?? "cannot sign in"}</span>
              <span className="only-phone">
                <RoleChips roles={person.roles} />
              </span>
            </td>
            <td className="hide">
              <RoleChips roles={person.roles} />
            </td>
            <td className="hide muted">
              <Time iso={person.created_at} style="day" />
            </td>
            {changes ? (
              <td className="n">
                <PersonActs person={person} isMe={person.id === me} />
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
