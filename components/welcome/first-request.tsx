"use client";
import { useState } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { FormFailure } from "@/components/ui/form-failure";
import { useToast } from "@/components/ui/toast";
import { api } from "@/lib/client/api";
import { useForm } from "@/lib/client/use-form";
import { LANGUAGES, snippet, type Language } from "./snippets";

/** A key for the example agent, and the first request with it in three languages. */
export function FirstRequest({ url, body, admin }: { url: string; body: string; admin: boolean }) {
  const [language, setLanguage] = useState<Language>("curl");
  const [key, setKey] = useState<string | null>(null);
  const { busy, failure, send } = useForm();
  const say = useToast();
  const make = () => send(async () => setKey((await api<{ key: string }>("/welcome", { method: "POST" })).key));
  const sendIt = (agentKey: string) =>
    send(async () => {
      await api("/approvals", { method: "POST", json: JSON.parse(body), headers: { Authorization: `Bearer ${agentKey}` } });
      say("Sent, as support-bot would.");
    });
  const text = snippet(language, url, key ?? "licet_…", body);
  return (
    <section className="card">
      <div className="tabs" role="tablist" aria-label="Language">
        {LANGUAGES.map((each) => (
          <button key={each} type="button" role="tab" aria-selected={each === language} onClick={() => setLanguage(each)}>
            {each}
          </button>
        ))}
      </div>
      {/* Focusable, because it scrolls. */}
      <pre className="code" tabIndex={0} aria-label={`The first request in ${language}`}>
        {text}
      </pre>
      <div className="sec">
        {key === null ? (
          <p className="acts">
            <button type="button" className="btn small primary" disabled={busy || !admin} onClick={() => void make()}>
              {busy ? "Making it…" : "Make a key for the example agent"}
            </button>
            <span className="muted">{admin ? "Also registers its tools, from examples/support/licet.yaml." : "An admin makes it."}</span>
          </p>
        ) : (
          <p className="acts">
            <CopyButton text={text} className="btn small primary" />
            <button type="button" className="btn small" disabled={busy} onClick={() => void sendIt(key)}>
              Send it for me
            </button>
            <span className="muted">The key is shown once, here.</span>
          </p>
        )}
        <FormFailure text={failure} />
      </div>
    </section>
  );
}
