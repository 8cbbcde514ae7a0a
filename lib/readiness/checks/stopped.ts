import type { Check } from "../check";

export const stopped: Check = {
  name: "stopped",
  title: "It has been stopped once",
  reason: "Whoever has to stop it in earnest should not be the first to try.",
  async missing({ tenant, agent, client }) {
    const { rowCount } = await client.query(
      `select from audit_records where tenant_id = $1 and agent_id = $2 and at >= $3 and event = 'config.agents.update' and detail -> 'after' ->> 'status' = 'disabled' limit 1`,
      [tenant, agent.id, agent.stage_since],
    );
    return rowCount ? null : "It was never disabled in its trial.";
  },
};
