"use client";
import { useState } from "react";
import { NewPasswordField } from "@/components/auth/password-field";
import { Field } from "@/components/ui/field";
import { FormFailure } from "@/components/ui/form-failure";
import { useToast } from "@/components/ui/toast";
import { api } from "@/lib/client/api";
import { useForm } from "@/lib/client/use-form";

export function ChangePassword({ email }: { email: string }) {
  const [input, setInput] = useState({ current: "", password: "" });
  const { busy, wrong, failure, send } = useForm();
  const say = useToast();
  const change = async () => {
    const done = await send(() => api("/session/password", { method: "POST", json: input }));
    if (!done) return;
    setInput({ current: "", password: "" });
    say("Your password was changed; your other sessions ended.");
  };
  return (
    <section className="card">
      <div className="sec">
        <h2 className="label">Password</h2>
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            void change();
          }}
        >
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <Field label="Your password now" wrong={wrong("current")}>
            {(control) => (
              <input
                {...control}
                className="field"
                type="password"
                autoComplete="current-password"
                required
                value={input.current}
                onChange={(event) => setInput({ ...input, current: event.target.value })}
              />
            )}
          </Field>
          <NewPasswordField
            label="New password"
            value={input.password}
            onChange={(password) => setInput({ ...input, password })}
            wrong={wrong("password")}
          />
          <FormFailure text={failure} />
          <p className="acts">
            <button type="submit" className="btn small" disabled={busy}>
              Change it
            </button>
            <span className="muted">Your other sessions end.</span>
          </p>
        </form>
      </div>
    </section>
  );
}
