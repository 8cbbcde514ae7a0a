"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Notice } from "@/lib/notifications/notices";
import { api } from "./api";
import { keys } from "./keys";

/** What this person is told and has not put away. */
export const useNotices = (): Notice[] =>
  useQuery({
    queryKey: keys.notices,
    queryFn: () => api<{ items: Notice[] }>("/notices"),
    select: (answer) => answer.items,
  }).data ?? [];

export function usePutAway(): (notices: Notice[]) => Promise<void> {
  const client = useQueryClient();
  return async (notices) => {
    await api("/notices/seen", { method: "POST", json: { ids: notices.map((notice) => notice.id) } });
    await client.invalidateQueries({ queryKey: keys.notices });
  };
}
