import { parse } from "yaml";
import { z } from "zod";
import { problem } from "@/lib/platform/problem";
import type { Json } from "@/lib/platform/strict-json";
import { compileArguments } from "../arguments";
import { ToolInput } from "../schema";
import { METHODS } from "../terms";
import { fromOpenApi30 } from "./openapi-30";
import { classify, decisiveOf, doesMore } from "./guess";
import { resolveReferences } from "./references";

export const invalidOpenApi = problem("invalid_openapi", 422, "This is not an OpenAPI 3 document. Nothing was imported.");

type Members = { [name: string]: Json };
const isMembers = (value: Json | undefined): value is Members => value !== null && typeof value === "object" && !Array.isArray(value);

const Document = z
  .object({ openapi: z.string().regex(/^3\./, "is not 3.x"), paths: z.record(z.string(), z.record(z.string(), z.json())) })
  .loose();

/**
 * One tool for each operation of an OpenAPI 3.x document (JSON or YAML), named `server.operationId`. Parameters of path,
 * query and body become one closed schema of arguments; headers and cookies are the gateway's matter and stay out.
 * References are followed inside the document; one that leads back into itself takes anything there.
 * @throws invalidOpenApi with the place
 */
export function toolsFromOpenApi(text: string, server: string): ToolInput[] {
  const document = Document.safeParse(read(text));
  if (!document.success) throw invalidOpenApi({ detail: words(document.error) });
  const root = document.data as unknown as Members;
  const names = new Set<string>();
  return Object.entries(document.data.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method.toLowerCase()];
      if (!isMembers(operation)) return [];
      const name = unique(`${server}.${nameOf(operation, method, path)}`, names);
      const schema = argumentsOf(root, item, operation);
      const input = ToolInput.safeParse({
        name,
        ...classifyBy(method, name, schema),
        method,
        path,
        arguments: schema,
        decisive: pathNames(path)
          .slice(-1)
          .concat(decisiveOf(schema))
          .filter((each, i, all) => all.indexOf(each) === i)
          .slice(0, 3),
        sensitive: [],
      });
      if (!input.success) throw invalidOpenApi({ detail: `${method} ${path}: ${words(input.error)}` });
      return [input.data];
    }),
  );
}

/**
 * HTTP says more than a name (RFC 9110, 9.2.1 and 9.3.5): GET and HEAD read, unless the name begins with a verb that does not,
 * and DELETE deletes.
 */
function classifyBy(method: (typeof METHODS)[number], name: string, schema: Members): ReturnType<typeof classify> {
  const guessed = classify(name, schema, { readOnly: false, destructive: method === "DELETE" });
  if (method === "DELETE") return { ...guessed, action: "delete", reversibility: "irreversible" };
  if (method !== "GET" && method !== "HEAD") return guessed;
  return doesMore(name) ? guessed : classify(/list|search|query|all/i.test(name) ? "list" : "get", {}, {});
}

function read(text: string): unknown {
  try {
    return text.trimStart().startsWith("{") ? JSON.parse(text) : parse(text, { maxAliasCount: 0, uniqueKeys: true, logLevel: "error" });
  } catch (error) {
    throw invalidOpenApi({
      detail: `the file is neither JSON nor YAML: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : ""}`,
    });
  }
}

const pathNames = (path: string) => [...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? "");

function nameOf(operation: Members, method: string, path: string): string {
  const said = typeof operation.operationId === "string" ? operation.operationId : `${method.toLowerCase()}${path.replaceAll(/[{}]/g, "")}`;
  return (
    said
      .replaceAll(/[^A-Za-z0-9._:-]+/g, "_")
      .replace(/^[^A-Za-z0-9]+/, "")
      .slice(0, 90) || "operation"
  );
}

function unique(name: string, names: Set<string>): string {
  let free = name;
  for (let n = 2; names.has(free); n += 1) free = `${name}_${n}`;
  names.add(free);
  return free;
}

/** Path, query and body in one schema; a member of the body whose name a parameter has already is called body_…. */
function argumentsOf(root: Members, item: Members, operation: Members): Members {
  const properties: Members = {};
  const required: string[] = [];
  const listed = [item.parameters, operation.parameters].flatMap((list) => (Array.isArray(list) ? list : []));
  for (const parameter of listed.map((each) => resolveReferences(root, each))) {
    if (!isMembers(parameter) || typeof parameter.name !== "string" || (parameter.in !== "path" && parameter.in !== "query")) continue;
    properties[parameter.name] = parameter.schema ?? {};
    if (parameter.in === "path" || parameter.required === true) required.push(parameter.name);
  }
  const body = bodyOf(resolveReferences(root, operation.requestBody ?? null));
  if (body) {
    const members = isMembers(body.schema.properties) ? body.schema.properties : null;
    const needed = Array.isArray(body.schema.required) ? body.schema.required.filter((name) => typeof name === "string") : [];
    for (const [name, schema] of Object.entries(members ?? { body: body.schema })) {
      const free = name in properties ? `body_${name}` : name;
      properties[free] = schema;
      if (body.required && (members ? needed.includes(name) : true)) required.push(free);
    }
  }
  const schema = { type: "object", properties, ...(required.length && { required: [...new Set(required)] }), additionalProperties: false };
  const translated = fromOpenApi30(schema);
  return isMembers(translated) ? readable(translated) : schema;
}

/** What our validator cannot read of a document may be anything: a person sees it as it is. */
function readable(schema: Members): Members {
  if (compiles(schema) || !isMembers(schema.properties)) return schema;
  const kept = Object.entries(schema.properties).map(([name, part]) => [
    name,
    compiles({ type: "object", properties: { [name]: part } }) ? part : {},
  ]);
  return { ...schema, properties: Object.fromEntries(kept) as Members };
}

function compiles(schema: Members): boolean {
  try {
    compileArguments(schema);
    return true;
  } catch {
    return false;
  }
}

function bodyOf(body: Json): { schema: Members; required: boolean } | null {
  if (!isMembers(body) || !isMembers(body.content)) return null;
  const content = body.content["application/json"] ?? Object.values(body.content)[0];
  if (!isMembers(content) || !isMembers(content.schema)) return null;
  return { schema: content.schema, required: body.required === true };
}

const words = (error: z.ZodError) =>
  error.issues.map((issue) => `${issue.path.map(String).join(".") || "the file"} ${issue.message}`).join("; ");
