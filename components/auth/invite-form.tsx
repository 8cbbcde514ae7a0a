"use client";
import { useState } from "react";
import { Field } from "@/components/ui/field";
import { FormFailure } from "@/components/ui/form-failure";
import { api } from "@/lib/client/api";
import { signInWithPassword, signInWithSso } from "@/lib/client/sign-in";
import { useForm } from "@/lib/client/use-form";
import { NewPasswordField } from "./password-field";

/** Accepts an invitation: with a password, or by single sign-on where there is one. */
export function InviteForm({ link, email, invitedName, sso }: { link: string; email: string; invitedName: string; sso: string | null }) {
  const [name, setName] = useState(invitedName);
  const [password, setPassword] = useState("");
  const { busy, wrong, failure, send } = useForm();
  const accept = (chosen: string | null) =>
    send(async () => {
      await api("/invitations/accept", { method: "POST", json: { link, name, password: chosen } });
      // From here on the person exists, whatever becomes of the sign-in.
      if (chosen === null) return signInWithSso("/inbox").catch(() => location.assign("/sign-in?error=OAuthSignin"));
      const refused = await signInWithPassword(email, chosen).catch(() => "unavailable");
      location.assign(refused ? `/sign-in?error=${refused}` : "/inbox");
    });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        void accept(password);
      }}
    >
      <Field label="Your name" hint="Others see it beside what you decide." wrong={wrong("name")}>
        {(control) => (
          <input
            {...control}
            className="field"
            name="name"
            autoComplete="name"
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <NewPasswordField value={password} onChange={setPassword} wrong={wrong("password")} />
      <FormFailure text={failure} />
      <button type="submit" className="btn primary" disabled={busy}>
        {busy ? "Joining…" : "Join"}
      </button>
      {sso ? (
        <button type="button" className="btn" disabled={busy} onClick={() => void accept(null)}>
          Join with {sso}, without a password
        </button>
      ) : null}
    </form>
  );
}
