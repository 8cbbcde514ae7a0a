"use client";
import { useState } from "react";
import { Field } from "@/components/ui/field";
import { FormFailure } from "@/components/ui/form-failure";
import { api } from "@/lib/client/api";
import { signInWithPassword } from "@/lib/client/sign-in";
import { useForm } from "@/lib/client/use-form";
import { NewPasswordField } from "./password-field";

/** Makes the first admin and signs them in. */
export function SetupForm({ token }: { token: string }) {
  const [input, setInput] = useState({ name: "", email: "", password: "" });
  const { busy, wrong, failure, send } = useForm();
  const set = (change: Partial<typeof input>) => setInput({ ...input, ...change });
  const submit = () =>
    send(async () => {
      await api("/setup", { method: "POST", json: { token, ...input } });
      // From here on the admin exists, whatever becomes of the sign-in.
      const refused = await signInWithPassword(input.email, input.password).catch(() => "unavailable");
      location.assign(refused ? `/sign-in?error=${refused}` : "/welcome");
    });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
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
            autoFocus
            value={input.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label="E-mail" hint="You sign in with it." wrong={wrong("email")}>
        {(control) => (
          <input
            {...control}
            className="field"
            type="email"
            name="email"
            autoComplete="username"
            required
            maxLength={254}
            value={input.email}
            onChange={(event) => set({ email: event.target.value })}
          />
        )}
      </Field>
      <NewPasswordField value={input.password} onChange={(password) => set({ password })} wrong={wrong("password")} />
      <FormFailure text={failure} />
      <button type="submit" className="btn primary" disabled={busy}>
        {busy ? "Setting up…" : "Become the first admin"}
      </button>
    </form>
  );
}
