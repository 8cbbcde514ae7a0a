import { canonicalDigest } from "@/lib/platform/canonical";
import { isPointer, toPointer } from "@/lib/platform/json-pointer";
import { problem } from "@/lib/platform/problem";
import { readTenant, withTenant, type Actor, type Orm } from "@/lib/db/tenant";
import type { Prisma } from "@/lib/db/generated/client";
import { schemaProblem } from "./arguments";
import { defaultScope, templateNames } from "./derive";
import { catalogRisk, lowersRisk } from "./risk";
import { ToolInput, type Tool } from "./schema";

export const invalidTool = problem("invalid_tool", 422, "The tool cannot be registered like this. Nothing was changed.");
export const noSuchTool = problem("no_such_tool", 404, "There is no such tool in the catalog.");

type Definition = Omit<Tool, "id" | "version">;

/**
 * Checks what zod cannot and derives the rest.
 * @throws invalidTool with `errors` (pointer, detail)
 */
export function defineTool(input: ToolInput): Definition {
  const errors: { pointer: string; detail: string }[] = [];
  const schema = input.arguments ?? null;
  const bad = schema && schemaProblem(schema);
  if (bad) errors.push({ pointer: "/arguments", detail: bad });
  const known = (schema?.properties ?? null) as Record<string, unknown> | null;
  for (const field of ["path", "title", "resource", "scope"] as const) {
    for (const name of templateNames(input[field] ?? "")) {
      const first = known && !Object.hasOwn(known, name) ? (name.split(".")[0] ?? "") : name;
      if (known && !Object.hasOwn(known, first)) errors.push({ pointer: `/${field}`, detail: `names {${name}}, which is not an argument` });
    }
  }
  if (input.risk && lowersRisk({ ...input, risk: input.risk })) {
    if (input.action === "delete") errors.push({ pointer: "/risk", detail: "is never below high for what deletes" });
    else if (!input.justification)
      errors.push({ pointer: "/justification", detail: "is needed: the risk is lower than impact and reversibility give" });
  }
  const kinds = Object.entries(input.kinds ?? {}).map(([pointer, kind]) => [toPointer(pointer), kind] as const);
  const pointers = {
    decisive: input.decisive.map(toPointer),
    sensitive: input.sensitive.map(toPointer),
    kinds: kinds.map(([pointer]) => pointer),
  };
  for (const field of ["decisive", "sensitive", "kinds"] as const) {
    for (const pointer of pointers[field]) {
      const first = pointer.split("/")[1]?.replaceAll("~1", "/").replaceAll("~0", "~") ?? "";
      if (!isPointer(pointer)) errors.push({ pointer: `/${field}`, detail: `${pointer} is not a JSON Pointer` });
      else if (known && !Object.hasOwn(known, first))
        errors.push({ pointer: `/${field}`, detail: `names ${pointer}, which is not an argument` });
    }
  }
  if (errors.length) throw invalidTool({ detail: errors.map((e) => `${e.pointer} ${e.detail}`).join("; "), errors });
  const definition = {
    name: input.name,
    title: input.title ?? null,
    action: input.action,
    impact: input.impact,
    reversibility: input.reversibility,
    risk: catalogRisk(input),
    justification: input.justification ?? null,
    method: input.method ?? null,
    path: input.path ?? null,
    scope: input.scope ?? defaultScope(input.name),
    arguments: schema,
    decisive: pointers.decisive,
    sensitive: pointers.sensitive,
  };
  const more = {
    resource: input.resource ?? null,
    mcp: input.mcp ?? null,
    kinds: Object.fromEntries(kinds),
    cost: input.cost ?? null,
    owner: input.owner ?? null,
    pinned: input.pinned ?? null,
  };
  // Why it is thought safe, and who answers for it, are not part of what it is: a better justification is no new definition.
  const { justification: _why, ...core } = definition;
  const said = Object.entries({
    resource: more.resource,
    mcp: more.mcp,
    cost: more.cost,
    pinned: more.pinned?.hash ?? null,
    kinds: kinds.length ? more.kinds : null,
  });
  const pinned = { domain: "licet.tool", v: 1, ...core, ...Object.fromEntries(said.filter(([, value]) => value !== null)) };
  return { ...definition, ...more, definitionHash: canonicalDigest(pinned).toString("hex") };
}

/** A tool as a person would write it: what defines it again, and nothing that follows by itself. The inverse of `defineTool`. */
export function toolInput(tool: Omit<Tool, "id" | "version" | "definitionHash">): ToolInput {
  const { action, impact, reversibility, justification } = tool;
  const follows = catalogRisk({ action, impact, reversibility, justification });
  const optional = {
    title: tool.title,
    method: tool.method,
    path: tool.path,
    resource: tool.resource,
    mcp: tool.mcp,
    scope: tool.scope === defaultScope(tool.name) ? null : tool.scope,
    justification,
    risk: tool.risk === follows ? null : tool.risk,
    arguments: tool.arguments,
    cost: tool.cost,
    owner: tool.owner,
    pinned: tool.pinned,
    kinds: Object.keys(tool.kinds).length ? tool.kinds : null,
  };
  return ToolInput.parse({
    name: tool.name,
    ...{ action, impact, reversibility },
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null)),
    ...{ decisive: tool.decisive, sensitive: tool.sensitive },
  });
}

/**
 * Registers a tool, or publishes its next version when something about it changed.
 * @returns whether anything changed
 */
export async function saveTool(
  tenant: string,
  actor: Actor,
  input: ToolInput,
): Promise<{ name: string; version: number; changed: boolean }> {
  const definition = defineTool(input);
  return withTenant(tenant, actor, (orm) => writeTool(orm, tenant, definition));
}

export async function writeTool(orm: Orm, tenant: string, definition: Definition) {
  const { name, definitionHash, ...fields } = definition;
  const found = await orm.tools.findUnique({ where: { tenant_id_name: { tenant_id: tenant, name } } });
  if (found) {
    const current = await orm.tool_versions.findUnique({
      where: { tenant_id_tool_id_version: { tenant_id: tenant, tool_id: found.id, version: found.version } },
    });
    const same =
      current &&
      Buffer.from(current.definition_hash).toString("hex") === definitionHash &&
      current.justification === fields.justification &&
      current.owner === fields.owner;
    if (same && found.status === "active") return { name, version: found.version, changed: false };
  }
  const version = (found?.version ?? 0) + 1;
  const tool = found ?? (await orm.tools.create({ data: { tenant_id: tenant, name, version } }));
  await orm.tool_versions.create({
    data: {
      tenant_id: tenant,
      tool_id: tool.id,
      version,
      ...fields,
      arguments: (fields.arguments ?? undefined) as Prisma.InputJsonValue | undefined,
      mcp: fields.mcp ?? undefined,
      pinned: fields.pinned ?? undefined,
      definition_hash: Buffer.from(definitionHash, "hex"),
    },
  });
  if (found) {
    await orm.tools.update({ where: { tenant_id_id: { tenant_id: tenant, id: found.id } }, data: { version, status: "active" } });
  }
  return { name, version, changed: true };
}

/** Takes a tool out of the catalog: what was granted it is denied from now on. Its versions stay readable. @throws noSuchTool */
export async function takeOutTool(orm: Orm, tenant: string, name: string): Promise<void> {
  const done = await orm.tools.updateMany({ where: { tenant_id: tenant, name, status: "active" }, data: { status: "removed" } });
  if (!done.count) throw noSuchTool();
}

/** The columns of a tool in force, for every reader. */
export const TOOL_COLUMNS = `t.id, t.name, v.version, v.title, v.action, v.impact, v.reversibility, v.risk, v.justification, v.method, v.path,
  v.resource, v.mcp, v.scope, v.arguments, v.decisive, v.sensitive, v.kinds, v.cost, v.owner, v.pinned, encode(v.definition_hash, 'hex') as "definitionHash"`;

export async function listTools(tenant: string): Promise<Tool[]> {
  return readTenant(tenant, async (client) => {
    const { rows } = await client.query<Tool>(
      `select ${TOOL_COLUMNS} from tools t join tool_versions v on v.tenant_id = t.tenant_id and v.tool_id = t.id and v.version = t.version
       where t.tenant_id = $1 and t.status = 'active' order by t.name`,
      [tenant],
    );
    return rows;
  });
}

/** One version of a tool, also of one that was changed or removed since. */
export async function readToolVersion(tenant: string, toolId: string, version: number): Promise<Tool | null> {
  return readTenant(tenant, async (client) => {
    const { rows } = await client.query<Tool>(
      `select ${TOOL_COLUMNS} from tools t join tool_versions v on v.tenant_id = t.tenant_id and v.tool_id = t.id
       where t.tenant_id = $1 and t.id = $2 and v.version = $3`,
      [tenant, toolId, version],
    );
    return rows[0] ?? null;
  });
}
