import { VisibleText } from "@/components/ui/visible-text";
import type { Agent } from "@/lib/catalog/schema";

/** Its one sentence, who answers for it, and what it must never get. */
export function AgentAbout({ agent, me }: { agent: Agent; me: string }) {
  return (
    <section className="card">
      <div className="sec">
        <p className="says">
          <VisibleText text={agent.responsibility} />
        </p>
        <p className="muted about">
          Owner {agent.owner_name}
          {agent.owner_id === me ? " (you)" : ""}, who cannot decide its requests
          {agent.out_of_scope.length ? " · out of scope: " : " · nothing is declared out of scope"}
          {agent.out_of_scope.map((pattern, index) => (
            <span key={pattern}>
              {index ? ", " : ""}
              <span className="mono">
                <VisibleText text={pattern} />
              </span>
            </span>
          ))}
        </p>
      </div>
    </section>
  );
}
