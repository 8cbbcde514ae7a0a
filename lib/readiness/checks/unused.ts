import type { Check } from "../check";

export const unused: Check = {
  name: "unused",
  title: "What it never used in its trial is revoked",
  reason: "Nothing moves to production with the permissions it merely happened to have.",
  async missing({ tenant, agent, granted, client }) {
    const { rows } = await client.query<{ tool_id: string }>(
      "select distinct tool_id from requests where tenant_id = $1 and agent_id = $2 and tool_id = any ($3) and created_at >= $4",
      [tenant, agent.id, granted.map(({ id }) => id), agent.stage_since],
    );
    const used = new Set(rows.map(({ tool_id }) => tool_id));
    const never = granted.filter(({ id }) => !used.has(id)).map(({ name }) => name);
    return never.length ? `Never asked for: ${never.join(", ")}.` : null;
  },
};
