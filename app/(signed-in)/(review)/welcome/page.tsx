import type { Metadata } from "next";
import Link from "next/link";
import { requirePerson } from "@/app/current-person";
import { FirstRequest } from "@/components/welcome/first-request";
import { Readiness } from "@/components/welcome/readiness";
import { WaitingCard } from "@/components/welcome/waiting-card";
import { ListQuery, listRequests } from "@/lib/approvals/list";
import { listAgents } from "@/lib/catalog/agents";
import { readTimeouts } from "@/lib/escalation/chains";
import { DEMO_AGENT, demoRequest } from "@/lib/manifest/demo";
import { listDevices } from "@/lib/notifications/devices";
import { listPeople } from "@/lib/people/members";
import { DECIDING_ROLES, hasRole, readsAll } from "@/lib/people/roles";
import { context } from "@/lib/platform/context";

export const metadata: Metadata = { title: "First request" };

export default async function WelcomePage() {
  const person = await requirePerson("/welcome");
  const viewer = { person: person.personId, all: readsAll(person) };
  const [requests, body, agents, people, devices, timeout] = await Promise.all([
    listRequests(person.tenant, viewer, ListQuery.parse({ limit: 100 })),
    demoRequest(),
    listAgents(person.tenant),
    listPeople(person.tenant),
    listDevices(person),
    readTimeouts(person.tenant),
  ]);
  const asking = agents.some((agent) => agent.name !== DEMO_AGENT);
  const admin = hasRole(person, "admin");
  const others = people.filter(
    (each) => each.id !== person.personId && each.signs_in && each.status === "active" && hasRole(each, ...DECIDING_ROLES),
  );
  return (
    <main className="page">
      <div className="crumb">
        <h1>{asking ? "How an agent asks" : "Your first agent can ask now"}</h1>
        <span className="sp" />
        <Link href="/inbox">To the inbox ›</Link>
      </div>
      <div className="halves">
        <FirstRequest url={context().config.publicUrl.origin} body={body} way={asking ? "own" : admin ? "make" : "wait"} />
        <section className="card">
          <WaitingCard initial={requests} />
          <div className="sec">
            <h2 className="sr-only">What is ready</h2>
            <Readiness
              decides={hasRole(person, ...DECIDING_ROLES)}
              invites={admin}
              others={others.length}
              devices={devices.length}
              timeout={timeout}
            />
          </div>
        </section>
      </div>
    </main>
  );
}
