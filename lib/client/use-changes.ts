"use client";
import { useQuery } from "@tanstack/react-query";
import type { Change } from "@/lib/changes/schema";
import { api } from "./api";
import { keys } from "./keys";
import { useRefetch } from "./use-refetch";

export const useChanges = (initial: Change[]) =>
  useQuery({
    queryKey: keys.changes,
    queryFn: () => api<{ items: Change[] }>("/changes").then(({ items }) => items),
    initialData: initial,
  });

export const useChange = (initial: Change) =>
  useQuery({ queryKey: keys.change(initial.id), queryFn: () => api<Change>(`/changes/${initial.id}`), initialData: initial });

export function useChangeDecision() {
  // What is approved is in force at once, on whatever page shows it.
  const refetch = useRefetch(keys.changes, keys.tools, keys.agents, keys.chains);
  return {
    decide: ({ id, action_digest, content_version }: Change, verdict: "approve" | "deny", comment: string) =>
      refetch(
        api<Change>(`/approvals/${id}/decision`, {
          method: "POST",
          headers: { "If-Match": `"${content_version}"` },
          json: { verdict, digest: action_digest, ...(comment.trim() && { comment: comment.trim() }) },
        }),
      ),
    withdraw: (id: string) => refetch(api<Change>(`/changes/${id}/cancel`, { method: "POST" })),
  };
}
