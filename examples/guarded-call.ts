const headers = { Authorization: `Bearer ${process.env.LICET_KEY}`, "Content-Type": "application/json", Prefer: "wait=50" };

export async function guarded<T>(tool: string, args: object, reason: string, act: () => Promise<T>): Promise<T> {
  const body = JSON.stringify({ tool, arguments: args, reason, session_id: "s_1" });
  let approval = await (await fetch(`${process.env.LICET_URL}/api/v1/approvals`, { method: "POST", headers, body })).json();
  while (approval.status === "pending") approval = await (await fetch(process.env.LICET_URL + approval.links.self, { headers })).json();
  if (approval.status !== "approved") throw new Error(`not permitted: ${approval.decision?.reason ?? approval.title}`);
  return act();
}
