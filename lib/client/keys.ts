/** Every query's key, in one place: what changes together is invalidated together. */
export const keys = {
  approvals: ["approvals"] as const,
  inbox: (filter: string) => ["approvals", "list", filter] as const,
  waiting: ["approvals", "waiting"] as const,
  count: ["approvals", "count"] as const,
  review: (id: string) => ["approvals", "review", id] as const,
  calls: (agent: string) => ["approvals", "of agent", agent] as const,
  blocks: ["approvals", "blocks"] as const,
  notices: ["approvals", "notices"] as const,
  agents: ["agents"] as const,
  agent: (id: string) => ["agents", id] as const,
  tools: ["tools"] as const,
  chains: ["chains"] as const,
  people: ["people"] as const,
  devices: ["devices"] as const,
  sessions: ["sessions"] as const,
};
