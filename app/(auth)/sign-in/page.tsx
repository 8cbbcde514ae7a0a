import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Entrance } from "@/components/auth/entrance";
import { SignInForm } from "@/components/auth/sign-in-form";
import { ownPath } from "@/lib/client/sign-in";
import { adminExists } from "@/lib/people/setup";
import { context } from "@/lib/platform/context";
import { currentPerson } from "../../current-person";

export const metadata: Metadata = { title: "Sign in" };
export const dynamic = "force-dynamic";

type Search = Promise<{ callbackUrl?: string; error?: string }>;

export default async function SignInPage({ searchParams }: { searchParams: Search }) {
  const { callbackUrl, error } = await searchParams;
  const path = pathOf(callbackUrl);
  if (await currentPerson()) redirect(path);
  return (
    <Entrance title="Sign in">
      {(await adminExists()) ? null : (
        <p className="note mb-3">
          There is no admin yet. When the server started it printed a link that begins with{" "}
          <span className="mono">{new URL("/setup/", context().config.publicUrl).href}</span>: whoever opens it becomes the first.
        </p>
      )}
      <SignInForm callbackPath={path} sso={context().config.oidc?.name ?? null} error={error} />
    </Entrance>
  );
}

/** next-auth names whole addresses, we name paths; either way only our own pages. */
function pathOf(callback: string | undefined): string {
  if (!callback || !URL.canParse(callback)) return ownPath(callback);
  const url = new URL(callback);
  return url.origin === context().config.publicUrl.origin ? ownPath(url.pathname + url.search) : "/inbox";
}
