"use client";
import { useQuery } from "@tanstack/react-query";
import type { Tool, ToolInput } from "@/lib/catalog/schema";
import { api } from "./api";
import { keys } from "./keys";
import { useRefetch } from "./use-refetch";

/** A tool as the pages show it. */
export type CatalogTool = Omit<Tool, "definitionHash">;

export const useTools = (initial: CatalogTool[]) =>
  useQuery({
    queryKey: keys.tools,
    queryFn: () => api<{ items: CatalogTool[] }>("/tools").then(({ items }) => items),
    initialData: initial,
  });

export function useToolChanges() {
  // An agent's grants show the tool's title and risk.
  const refetch = useRefetch(keys.tools, keys.agents);
  return {
    save: (input: ToolInput) =>
      refetch(api<{ name: string; version: number; changed: boolean }>("/tools", { method: "POST", json: input })),
    remove: (name: string) => refetch(api(`/tools?name=${encodeURIComponent(name)}`, { method: "DELETE" })),
  };
}
