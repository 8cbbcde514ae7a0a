/** The parts of an agent's page; the address names one. */
export const AGENT_TABS = ["tools", "keys", "calls"] as const;
export type AgentTab = (typeof AGENT_TABS)[number];

export const isAgentTab = (text: unknown): text is AgentTab => AGENT_TABS.some((tab) => tab === text);
