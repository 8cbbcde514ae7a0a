import Link from "next/link";
import type { Agent } from "@/lib/catalog/schema";
import type { AgentKey } from "@/lib/credentials/agent-keys";

/** Why this person cannot decide what the agent asks, whether anybody can, and what to do about it. */
export function CannotDecide({
  agent,
  keys,
  me,
  changes,
  deciders,
}: {
  agent: Agent;
  /** Those that are good now. */
  keys: AgentKey[];
  me: string;
  changes: boolean;
  deciders: string[];
}) {
  const owns = agent.owner_id === me;
  const made = keys.filter((key) => key.created_by === me);
  const sides = [agent.owner_id, ...keys.map((key) => key.created_by)];
  const nobody = !deciders.some((id) => !sides.includes(id));
  if (!owns && !made.length && !nobody) return null;
  return (
    <section className="card">
      <div className="sec notes">
        {owns ? (
          <p className="note">
            <b>You own {agent.name}, so you cannot decide its requests.</b> Nobody decides for their own side.{" "}
            {changes ? (
              <>
                <Link className="link" href="/people">
                  Invite a second person
                </Link>{" "}
                and put them into a{" "}
                <Link className="link" href="/chains">
                  chain
                </Link>
                , or hand the agent to another owner (Edit…).
              </>
            ) : (
              "The people of the chain decide."
            )}
          </p>
        ) : null}
        {made.length ? (
          <p className="note">
            <b>
              You made {made.length === 1 ? `its key ${made[0]?.id}` : "its keys"}, so you cannot decide what it asks with{" "}
              {made.length === 1 ? "it" : "them"}.
            </b>{" "}
            {changes && !owns ? (
              <>
                To decide yourself, revoke {made.length === 1 ? "it" : "them"} and let somebody else make one; the operator can, too:{" "}
                <code className="mono">npx licet keys create --agent {agent.name}</code>
              </>
            ) : null}
          </p>
        ) : null}
        {nobody ? (
          <p className="note bad">
            <b>Right now nobody may decide what {agent.name} asks:</b> the chains name nobody but its owner and those who made its keys.
            Whatever needs a person is denied at once.
          </p>
        ) : null}
      </div>
    </section>
  );
}
