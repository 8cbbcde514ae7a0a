"use client";
import { useQuery } from "@tanstack/react-query";
import type { Page } from "@/lib/approvals/list";
import type { Grant } from "@/lib/catalog/grants";
import type { Agent, AgentInput, AgentPatch, GrantInput } from "@/lib/catalog/schema";
import type { Stage } from "@/lib/catalog/terms";
import type { Readiness } from "@/lib/readiness/read";
import type { AgentKey } from "@/lib/credentials/agent-keys";
import { api } from "./api";
import { keys } from "./keys";
import { useRefetch } from "./use-refetch";

/** An agent with what it may use and the keys it was given. */
export interface AgentDetail {
  agent: Agent;
  grants: Grant[];
  keys: AgentKey[];
}

const CALLS_SHOWN = 25;

export const useAgents = (initial: Agent[]) =>
  useQuery({
    queryKey: keys.agents,
    queryFn: () => api<{ items: Agent[] }>("/agents").then(({ items }) => items),
    initialData: initial,
  });

export const useAgent = (initial: AgentDetail) =>
  useQuery({
    queryKey: keys.agent(initial.agent.id),
    queryFn: () => api<AgentDetail>(`/agents/${initial.agent.id}`),
    initialData: initial,
  });

/** What an agent on trial still lacks. */
export const useReadiness = (agentId: string) =>
  useQuery({ queryKey: keys.readiness(agentId), queryFn: () => api<Readiness>(`/agents/${agentId}/readiness`) });

/** What the agent asked last, newest first. */
export const useCalls = (agentId: string) =>
  useQuery({
    queryKey: keys.calls(agentId),
    queryFn: () => api<Page>(`/approvals?agent=${agentId}&limit=${CALLS_SHOWN}`),
  });

export function useAgentChanges() {
  const refetch = useRefetch(keys.agents);
  return {
    register: (input: AgentInput) => refetch(api<{ id: string }>("/agents", { method: "POST", json: input })),
    update: (id: string, patch: AgentPatch) => refetch(api(`/agents/${id}`, { method: "PATCH", json: patch })),
    setStage: (id: string, stage: Stage, exceptions: { check: string; reason: string }[]) =>
      refetch(api(`/agents/${id}/stage`, { method: "PUT", json: { stage, exceptions } })),
    grant: (input: GrantInput) => refetch(api("/grants", { method: "POST", json: input })),
    revokeGrant: (id: string) => refetch(api(`/grants/${id}`, { method: "DELETE" })),
    /** The key's text is in this answer and nowhere else. */
    makeKey: (agentId: string) => refetch(api<{ id: string; key: string }>(`/agents/${agentId}/keys`, { method: "POST" })),
    revokeKey: (id: string) => refetch(api(`/keys/${id}`, { method: "DELETE" })),
  };
}
