"use client";
import Link from "next/link";
import { useState } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { FormFailure } from "@/components/ui/form-failure";
import { Tabs } from "@/components/ui/tabs";
import { useToast } from "@/components/ui/toast";
import { api } from "@/lib/client/api";
import { useForm } from "@/lib/client/use-form";
import { LANGUAGES, snippet, type Language } from "./snippets";

const TABS = LANGUAGES.map((name) => ({ value: name, name }));

/**
 * The first request in three languages, with the example agent's real key once it is made.
 * @param way  `make`: this person may make that key; `wait`: an admin may; `own`: other agents are here already
 */
export function FirstRequest({ url, body, way }: { url: string; body: string; way: "make" | "wait" | "own" }) {
  const [language, setLanguage] = useState<Language>("curl");
  const [key, setKey] = useState<string | null>(null);
  const text = snippet(language, url, key, body);
  return (
    <section className="card">
      <Tabs label="Language" tabs={TABS} value={language} onChange={setLanguage}>
        {/* Focusable, because it scrolls. */}
        <pre className="code" tabIndex={0} role="region" aria-label={`The first request in ${language}`}>
          {text}
        </pre>
      </Tabs>
      <div className="sec border-t border-(--line)">
        {key !== null ? (
          <Send agentKey={key} text={text} body={body} />
        ) : way === "make" ? (
          <Make onMade={setKey} />
        ) : way === "wait" ? (
          <p className="muted">An admin makes the example agent’s key, on this page.</p>
        ) : (
          <div className="acts">
            <CopyButton text={text} />
            <p className="muted">
              There are{" "}
              <Link className="link" href="/agents">
                agents
              </Link>{" "}
              here already: put in the key and a tool of one of them. What they ask is in the{" "}
              <Link className="link" href="/inbox">
                inbox
              </Link>
              .
            </p>
          </div>
        )}
      </div>
    </section>
  );
}

function Make({ onMade }: { onMade: (key: string) => void }) {
  const { busy, failure, send } = useForm();
  const make = () => send(async () => onMade((await api<{ key: string }>("/welcome", { method: "POST" })).key));
  return (
    <>
      <p className="acts">
        <button type="button" className="btn small primary" disabled={busy} onClick={() => void make()}>
          {busy ? "Making it…" : "Make a key for the example agent"}
        </button>
        <span className="muted">Also registers its tools, from examples/support/licet.yaml.</span>
      </p>
      <FormFailure text={failure} />
    </>
  );
}

function Send({ agentKey, text, body }: { agentKey: string; text: string; body: string }) {
  const { busy, failure, send } = useForm();
  const say = useToast();
  const sendIt = () =>
    send(async () => {
      await api("/approvals", { method: "POST", json: JSON.parse(body), headers: { Authorization: `Bearer ${agentKey}` } });
      say("Sent, as support-bot would.");
    });
  return (
    <>
      <p className="acts">
        <CopyButton text={text} className="btn small primary" />
        <button type="button" className="btn small" disabled={busy} onClick={() => void sendIt()}>
          Send it for me
        </button>
        <span className="muted">The key is shown once, here.</span>
      </p>
      <FormFailure text={failure} />
    </>
  );
}
