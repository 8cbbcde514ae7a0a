"use client";
import { Time } from "@/components/ui/time";
import { FormFailure } from "@/components/ui/form-failure";
import type { OpenSession } from "@/lib/people/session";
import { api } from "@/lib/client/api";
import { useForm } from "@/lib/client/use-form";

/** Where one is signed in, and the way out of everywhere at once. */
export function Sessions({ sessions }: { sessions: OpenSession[] }) {
  const { busy, failure, send } = useForm();
  const leave = () =>
    send(async () => {
      await api("/session/sign-out-everywhere", { method: "POST" });
      location.assign("/sign-in");
    });
  return (
    <section className="card">
      <div className="sec">
        <h2 className="label">
          Where you are signed in <span className="hide">12 hours at most, 30 minutes without use</span>
        </h2>
        <ul className="notes">
          {sessions.map((session) => (
            <li className={session.current ? "note ok" : "note"} key={session.created_at}>
              {browserOf(session.user_agent)}
              {session.current ? ", this one" : ""} <span className="muted">since </span>
              <Time iso={session.created_at} style="day" />
            </li>
          ))}
        </ul>
        <FormFailure text={failure} />
        <p className="acts mt-3">
          <button type="button" className="btn small" disabled={busy} onClick={() => void leave()}>
            Sign out everywhere
          </button>
          <span className="muted">Ends all of them, this one too, and forgets their devices.</span>
        </p>
      </div>
    </section>
  );
}

function browserOf(agent: string): string {
  const browser = /(Edg|Firefox|Chrome|Safari)\//.exec(agent)?.[1]?.replace("Edg", "Edge");
  const system = /iPhone|iPad|Android|Windows|Mac|Linux/.exec(agent)?.[0];
  return browser ? `${browser}${system ? ` on ${system}` : ""}` : agent.slice(0, 60) || "Unknown";
}
