"use client";
import { useState } from "react";
import { Confirm } from "@/components/ui/confirm";
import { Time } from "@/components/ui/time";
import type { Grant } from "@/lib/catalog/grants";
import type { Agent } from "@/lib/catalog/schema";
import { useAgentChanges } from "@/lib/client/use-agents";
import type { AgentKey } from "@/lib/credentials/agent-keys";
import { MakeKey } from "./make-key";
import type { Named } from "./named";

/** Two at most, so that one can be rotated while the other is in use. */
const MOST_KEYS = 2;

/** Its keys: who made them, when they were used, and the ways to make and revoke them. */
export function AgentKeys({
  agent,
  keys,
  names,
  grants,
  changes,
  api,
}: {
  agent: Agent;
  keys: AgentKey[];
  names: Named[];
  grants: Grant[];
  changes: boolean;
  api: string;
}) {
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<AgentKey | null>(null);
  const { revokeKey } = useAgentChanges();
  const live = keys.filter((key) => key.revoked_at === null);
  const make =
    live.length < MOST_KEYS ? (
      <button type="button" className="btn small" onClick={() => setMaking(true)}>
        Make a key…
      </button>
    ) : (
      <span className="muted">Two keys at most, so that one can be rotated. Revoke one to make another.</span>
    );
  return (
    <>
      {keys.length ? (
        <table className="rows">
          <thead>
            <tr>
              <th>Key</th>
              <th className="hide">Made by</th>
              <th>Last used</th>
              {changes ? (
                <th>
                  <span className="sr-only">Revoke</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={key.id}>
                <td>
                  <span className="mono">licet_{key.id}_…</span>
                  <br />
                  <span className="muted">
                    made <Time iso={key.created_at} style="day" />
                    <span className="only-phone"> by {makerOf(key, names)}</span>
                  </span>
                </td>
                <td className="hide">{makerOf(key, names)}</td>
                <td>
                  {key.last_used_at ? <Time iso={key.last_used_at} style="day" /> : <span className="muted">never</span>}
                  <KeyEnd at={key.revoked_at} word="revoked" />
                  <KeyEnd at={key.revoked_at ? null : key.expires_at} word="ends" />
                </td>
                {changes ? (
                  <td className="n">
                    {key.revoked_at ? null : (
                      <button
                        type="button"
                        className="btn small quiet"
                        aria-label={`Revoke key ${key.id}…`}
                        onClick={() => setRevoking(key)}
                      >
                        Revoke…
                      </button>
                    )}
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <div className="empty">
          <b>It has no key</b>
          <span>Without one it cannot ask for anything.</span>
          {changes ? make : null}
        </div>
      )}
      {changes && keys.length ? <div className="sec foot">{make}</div> : null}
      {making ? <MakeKey agent={agent} grants={grants} api={api} onClose={() => setMaking(false)} /> : null}
      {revoking ? (
        <Confirm
          title={`Revoke ${revoking.id}?`}
          act="Revoke the key"
          onAct={() => revokeKey(revoking.id)}
          onClose={() => setRevoking(null)}
        >
          <p>
            It ends at once and everywhere: whatever uses it is refused. This cannot be taken back; {agent.name} then needs{" "}
            {live.length > 1 ? "its other key" : "a new one"}.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}

function KeyEnd({ at, word }: { at: string | null; word: string }) {
  return at === null ? null : (
    <>
      <br />
      <span className="flag">
        {word} <Time iso={at} style="day" />
      </span>
    </>
  );
}

const makerOf = (key: AgentKey, names: Named[]) =>
  key.created_by === null ? "the operator" : (names.find(({ id }) => id === key.created_by)?.name ?? "somebody");
