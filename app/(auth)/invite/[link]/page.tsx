import type { Metadata } from "next";
import Link from "next/link";
import { Entrance } from "@/components/auth/entrance";
import { InviteForm } from "@/components/auth/invite-form";
import { findInvitation } from "@/lib/people/invitations";
import { ROLE_ABOUT, ROLE_NAMES } from "@/lib/people/roles";
import { FIRST_TENANT } from "@/lib/people/setup";
import { context } from "@/lib/platform/context";

export const metadata: Metadata = { title: "Invitation" };
export const dynamic = "force-dynamic";

export default async function InvitePage({ params }: { params: Promise<{ link: string }> }) {
  const { link } = await params;
  const invitation = await findInvitation(link);
  if (!invitation) {
    return (
      <Entrance title="This invitation is not good any more">
        <p>
          It was used, withdrawn or is older than seven days. If you joined by it,{" "}
          <Link className="link" href="/sign-in">
            sign in
          </Link>
          ; else ask for a new one.
        </p>
      </Entrance>
    );
  }
  return (
    <Entrance title={invitation.tenant_name === FIRST_TENANT ? "Join Licet" : `Join ${invitation.tenant_name}`}>
      <p>
        {invitation.invited_by ?? "An admin"} invites {invitation.email}
      </p>
      <ul className="mb-3 mt-1">
        {invitation.roles.map((role) => (
          <li key={role}>
            as <b>{ROLE_NAMES[role]}</b> <span className="muted">{ROLE_ABOUT[role]}</span>
          </li>
        ))}
      </ul>
      <InviteForm link={link} email={invitation.email} invitedName={invitation.name} sso={context().config.oidc?.name ?? null} />
    </Entrance>
  );
}
