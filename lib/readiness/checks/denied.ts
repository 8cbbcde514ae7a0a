import type { Check } from "../check";

export const denied: Check = {
  name: "denied",
  title: "A person has denied it something",
  reason: "How it takes a no shows only when it has had one.",
  async missing({ tenant, agent, client }) {
    const { rowCount } = await client.query(
      `select from requests where tenant_id = $1 and agent_id = $2 and created_at >= $3 and state = 'denied' and decided_by = 'person' limit 1`,
      [tenant, agent.id, agent.stage_since],
    );
    return rowCount ? null : "Nobody has denied a request of its trial.";
  },
};
