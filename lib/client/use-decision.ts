"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Approval } from "@/lib/approvals/schema";
import type { DenyReason } from "@/lib/approvals/terms";
import { api, ApiError, messageOf } from "./api";
import { keys } from "./keys";

export interface Verdict {
  verdict: "approve" | "deny";
  reason?: DenyReason;
  comment?: string;
  /** High risk: what the person entered for each decisive pointer. */
  confirm?: Record<string, string>;
  /** High risk: their password, for this request alone. */
  password?: string;
}

/** Sends a verdict about the version that was on the screen. */
export function sendVerdict(seen: Approval, { password, ...input }: Verdict, keepalive = false): Promise<Approval> {
  const { id, content_version, action_digest } = seen;
  const send = () =>
    api<Approval>(`/approvals/${id}/decision`, {
      method: "POST",
      json: { ...input, digest: action_digest },
      headers: { "If-Match": `"${content_version}"` },
      keepalive,
    });
  if (password === undefined) return send();
  return api("/session/step-up", { method: "POST", json: { approval: id, password } }).then(send);
}

/** Decides, and says what went wrong where it did; the page then reads the request again in any case. */
export function useDecision(seen: Approval) {
  const client = useQueryClient();
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<{ code: string; text: string } | null>(null);
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    setSending(true);
    setFailure(null);
    try {
      await work();
      return true;
    } catch (error) {
      setFailure({ code: error instanceof ApiError ? error.code : "unknown", text: messageOf(error) });
      return false;
    } finally {
      setSending(false);
      void client.invalidateQueries({ queryKey: keys.approvals });
    }
  };
  return {
    sending,
    failure,
    forget: () => setFailure(null),
    decide: (verdict: Verdict) => run(() => sendVerdict(seen, verdict)),
    escalate: () => run(() => api(`/approvals/${seen.id}/escalate`, { method: "POST" })),
  };
}
