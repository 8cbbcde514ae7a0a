"use client";
import { useState } from "react";
import { Field } from "@/components/ui/field";
import { FormFailure } from "@/components/ui/form-failure";
import { ownPath, signInWithPassword, signInWithSso } from "@/lib/client/sign-in";
import { useForm } from "@/lib/client/use-form";
import { signInError } from "./sign-in-errors";

/** @param sso  the name of the single sign-on, where there is one */
export function SignInForm({ callbackPath, sso, error }: { callbackPath: string; sso: string | null; error: string | undefined }) {
  const [refusal, setRefusal] = useState(signInError(error));
  const { busy, failure, send } = useForm();
  const submit = (data: FormData) =>
    send(async () => {
      setRefusal(null);
      const refused = await signInWithPassword(String(data.get("email")), String(data.get("password")));
      if (refused) setRefusal(signInError(refused));
      else location.assign(ownPath(callbackPath));
    });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(new FormData(event.currentTarget));
      }}
    >
      <Field label="E-mail">
        {(control) => <input {...control} className="field" type="email" name="email" autoComplete="username" required autoFocus />}
      </Field>
      <Field label="Password">
        {(control) => <input {...control} className="field" type="password" name="password" autoComplete="current-password" required />}
      </Field>
      <FormFailure text={failure ?? refusal} />
      <button type="submit" className="btn primary" disabled={busy}>
        {busy ? "Signing in…" : "Sign in"}
      </button>
      {sso ? (
        <button type="button" className="btn" disabled={busy} onClick={() => void send(() => signInWithSso(ownPath(callbackPath)))}>
          Use {sso}
        </button>
      ) : null}
    </form>
  );
}
