import type { Check } from "../check";

export const expired: Check = {
  name: "expired",
  title: "It has met silence",
  reason: "When nobody answers the answer is no, and the agent has to live with that.",
  async missing({ tenant, agent, client }) {
    const { rowCount } = await client.query(
      `select from requests where tenant_id = $1 and agent_id = $2 and created_at >= $3 and state = 'expired' limit 1`,
      [tenant, agent.id, agent.stage_since],
    );
    return rowCount ? null : "No request of its trial has expired.";
  },
};
