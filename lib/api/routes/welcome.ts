import { z } from "@hono/zod-openapi";
import { prepareFirstDemo } from "@/lib/manifest/demo";
import { personOnly } from "../authenticate";
import { router } from "../environment";
import { problems } from "../problem";
import { json, route, SECURITY } from "../route";

export const welcome = router();

welcome.openapi(
  route({
    method: "post",
    path: "/welcome",
    tags: ["Agents"],
    summary: "Make the example agent and a key for it, while there is no other agent",
    description:
      "It belongs to somebody who cannot sign in, and its key counts as the operator's, so that whoever is alone may decide its requests.",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: {},
    responses: { 201: json(z.object({ agent_id: z.uuid(), key: z.string() })), ...problems(401, 403, 409, 503) },
  }),
  async (c) => {
    const person = c.get("person");
    const { agentId, key } = await prepareFirstDemo(person.tenant, person);
    return c.json({ agent_id: agentId, key }, 201);
  },
);
