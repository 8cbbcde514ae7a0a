import type { Metadata } from "next";
import Link from "next/link";
import { Entrance } from "@/components/auth/entrance";
import { SetupForm } from "@/components/auth/setup-form";
import { adminExists, setupIsOpen } from "@/lib/people/setup";

export const metadata: Metadata = { title: "Set up" };
export const dynamic = "force-dynamic";

export default async function SetupPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  if (await setupIsOpen(token)) {
    return (
      <Entrance title="Make the first admin">
        <p className="mb-3">
          You will decide requests, too: you are approver and security officer until you invite others. This link works once.
        </p>
        <SetupForm token={token} />
      </Entrance>
    );
  }
  const done = await adminExists();
  return (
    <Entrance title="This link is not good any more">
      {done ? (
        <p>
          There is an admin already.{" "}
          <Link className="link" href="/sign-in">
            Sign in
          </Link>
          , or ask them for an invitation.
        </p>
      ) : (
        <p>A newer one was printed when the server last started: look at its output and open that one.</p>
      )}
    </Entrance>
  );
}
