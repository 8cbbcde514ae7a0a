"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Block } from "@/lib/approvals/blocks";
import { api } from "./api";
import { keys } from "./keys";

export interface BlockList {
  items: Block[];
  /** The database's clock. */
  now: string;
}

export const useBlocks = (initial: BlockList) =>
  useQuery({
    queryKey: keys.blocks,
    queryFn: () => api<BlockList>("/blocks"),
    initialData: initial,
  });

/** Lets the agent ask for the same call again. */
export function useLetAskAgain(): (request: string) => Promise<void> {
  const client = useQueryClient();
  return async (request) => {
    try {
      await api(`/approvals/${request}/ask-again`, { method: "POST" });
    } finally {
      void client.invalidateQueries({ queryKey: keys.approvals });
    }
  };
}

/** Lets the agent use the tool again. Also after a refusal everything is read anew: somebody else may have been faster. */
export function useLift(): (block: { id: string }) => Promise<void> {
  const client = useQueryClient();
  return async (block) => {
    try {
      await api(`/blocks/${block.id}/lift`, { method: "POST" });
    } finally {
      void client.invalidateQueries({ queryKey: keys.approvals });
    }
  };
}
