import type { Metadata } from "next";
import { cookies } from "next/headers";
import { requirePerson } from "@/app/current-person";
import { Appearance } from "@/components/settings/appearance";
import { ChangePassword } from "@/components/settings/change-password";
import { Devices } from "@/components/settings/devices";
import { Sessions } from "@/components/settings/sessions";
import { THEME_COOKIE, themeOf } from "@/lib/client/theme";
import { listDevices } from "@/lib/notifications/devices";
import { vapidKeys } from "@/lib/notifications/vapid";
import { DECIDING_ROLES, hasRole, ROLE_ABOUT, ROLE_NAMES } from "@/lib/people/roles";
import { listSessions } from "@/lib/people/session";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage() {
  const person = await requirePerson("/settings");
  const [items, { publicKey }, sessions] = await Promise.all([listDevices(person), vapidKeys(), listSessions(person.sessionHash)]);
  return (
    <main className="page">
      <div className="crumb">
        <h1>Settings</h1>
      </div>
      <div className="halves">
        <div>
          <Devices initial={{ items, public_key: publicKey }} decides={hasRole(person, ...DECIDING_ROLES)} />
          <Sessions sessions={sessions} />
        </div>
        <div>
          <section className="card">
            <div className="sec">
              <h2 className="label">You</h2>
              <dl className="facts tight">
                <dt>Name</dt>
                <dd>{person.name}</dd>
                <dt>E-mail</dt>
                <dd>{person.email}</dd>
                <dt>Roles</dt>
                <dd>
                  {person.roles.map((role) => (
                    <p key={role}>
                      {ROLE_NAMES[role]} <span className="muted">{ROLE_ABOUT[role]}</span>
                    </p>
                  ))}
                </dd>
              </dl>
            </div>
          </section>
          <Appearance theme={themeOf((await cookies()).get(THEME_COOKIE)?.value)} />
          {person.hasPassword ? <ChangePassword email={person.email} /> : null}
        </div>
      </div>
    </main>
  );
}
