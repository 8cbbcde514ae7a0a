"use client";
import { useQuery } from "@tanstack/react-query";
import type { Risk } from "@/lib/catalog/terms";
import type { Chain, ChainInput, ChainPerson } from "@/lib/escalation/schema";
import { api } from "./api";
import { keys } from "./keys";
import { useRefetch } from "./use-refetch";

/** All chains, everybody they can name, and the deadlines they must fit (seconds). */
export interface ChainBook {
  items: Chain[];
  people: ChainPerson[];
  timeout: Record<Risk, number>;
}

export const useChains = (initial: ChainBook) =>
  useQuery({ queryKey: keys.chains, queryFn: () => api<ChainBook>("/chains"), initialData: initial });

export function useChainChanges() {
  const refetch = useRefetch(keys.chains);
  return {
    publish: (input: ChainInput) =>
      refetch(api<{ id: string; version: number; changed: boolean }>("/chains", { method: "POST", json: input })),
    remove: (id: string) => refetch(api(`/chains/${id}`, { method: "DELETE" })),
  };
}
