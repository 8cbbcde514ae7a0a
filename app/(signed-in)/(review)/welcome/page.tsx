import type { Metadata } from "next";
import Link from "next/link";
import { requirePerson } from "@/app/current-person";
import { FirstRequest } from "@/components/welcome/first-request";
import { WaitingCard } from "@/components/welcome/waiting-card";
import { ListQuery, listRequests } from "@/lib/approvals/list";
import { demoRequest } from "@/lib/manifest/demo";
import { listDevices } from "@/lib/notifications/devices";
import { listPeople } from "@/lib/people/members";
import { DECIDING_ROLES, hasRole, readsAll } from "@/lib/people/roles";
import { context } from "@/lib/platform/context";

export const metadata: Metadata = { title: "First request" };

export default async function WelcomePage() {
  const person = await requirePerson("/welcome");
  const viewer = { person: person.personId, all: readsAll(person) };
  const [requests, body, people, devices] = await Promise.all([
    listRequests(person.tenant, viewer, ListQuery.parse({ limit: 100 })),
    demoRequest(),
    listPeople(person.tenant),
    listDevices(person),
  ]);
  const alone = people.filter((each) => each.signs_in && each.status === "active").length < 2;
  const admin = hasRole(person, "admin");
  return (
    <main className="page">
      <div className="crumb">
        <h1>Your first agent can ask now</h1>
        <span className="sp" />
        <Link href="/inbox">To the inbox ›</Link>
      </div>
      <div className="halves">
        <FirstRequest url={context().config.publicUrl.origin} body={body} admin={admin} />
        <section className="card">
          <WaitingCard initial={requests} />
          <div className="sec">
            <h2 className="sr-only">What is ready</h2>
            <div className="notes">
              <p className="note ok">
                {hasRole(person, ...DECIDING_ROLES)
                  ? "You are asked first, and silence means no: after 5 min at high risk, 15 at medium"
                  : "Silence means no"}
              </p>
              {alone ? (
                <p className="note">
                  Alone, nobody stands in for you.{" "}
                  {admin ? (
                    <Link className="link" href="/people">
                      Invite a second person
                    </Link>
                  ) : null}
                </p>
              ) : (
                <p className="note ok">You are not alone: others can decide, too</p>
              )}
              {devices.length ? (
                <p className="note ok">A device of yours is woken for high risk</p>
              ) : (
                <p className="note">
                  No device wakes you.{" "}
                  <Link className="link" href="/settings#devices">
                    Let this browser do it
                  </Link>
                </p>
              )}
              <p className="note">
                A whole working agent: <span className="mono">npm run demo</span>
              </p>
            </div>
          </div>
        </section>
      </div>
    </main>
  );
}
