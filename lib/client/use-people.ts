"use client";
import { useQuery } from "@tanstack/react-query";
import type { Invitation } from "@/lib/people/invitations";
import type { Role } from "@/lib/people/roles";
import type { Person } from "@/lib/people/schema";
import { api } from "./api";
import { keys } from "./keys";
import { useRefetch } from "./use-refetch";

export interface PeopleBook {
  items: Person[];
  invitations: Invitation[];
}

export const usePeople = (initial: PeopleBook) =>
  useQuery({ queryKey: keys.people, queryFn: () => api<PeopleBook>("/people"), initialData: initial });

export function usePeopleChanges() {
  // Chains show who may decide.
  const refetch = useRefetch(keys.people, keys.chains);
  return {
    update: (id: string, patch: { roles?: Role[]; status?: Person["status"] }) =>
      refetch(api(`/people/${id}`, { method: "PATCH", json: patch })),
    /** The link is in this answer and nowhere else. */
    invite: (input: { email: string; name: string; roles: Role[] }) =>
      refetch(api<{ id: string; link: string }>("/invitations", { method: "POST", json: input })),
    withdraw: (id: string) => refetch(api(`/invitations/${id}`, { method: "DELETE" })),
  };
}
