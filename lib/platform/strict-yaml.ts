import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments, visit, type Document, type Node } from "yaml";

export interface YamlProblem {
  message: string;
  line: number;
  column: number;
}

export class YamlError extends Error {
  override name = "YamlError";

  constructor(readonly problems: YamlProblem[]) {
    super(problems.map((problem) => `line ${problem.line}, column ${problem.column}: ${problem.message}`).join("\n"));
  }
}

export interface StrictYaml {
  data: unknown;
  /** Where a value stands, 1-based; of its nearest parent when it is missing. */
  locate(path: readonly PropertyKey[]): { line: number; column: number };
}

const LIMITS = { bytes: 64 * 1024, depth: 12 } as const;

/**
 * Parses YAML 1.2 core, and nothing that means more than it shows: one document, no anchors, aliases, merge keys or tags,
 * no key twice, at most 64 KiB and 12 levels.
 * @throws YamlError with line and column
 */
export function parseStrictYaml(text: string): StrictYaml {
  if (Buffer.byteLength(text) > LIMITS.bytes) {
    throw new YamlError([{ message: `the file is larger than ${LIMITS.bytes / 1024} KiB`, line: 1, column: 1 }]);
  }
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: "core",
    version: "1.2",
    merge: false,
    uniqueKeys: true,
    strict: true,
    lineCounter: lines,
  });
  const document = "empty" in documents ? undefined : documents[0];
  if (!document) throw new YamlError([{ message: "the file is empty", line: 1, column: 1 }]);
  const at = (offset: number) => ({ line: lines.linePos(offset).line, column: lines.linePos(offset).col });
  const problems: YamlProblem[] = document.errors.map((error) => ({
    message: error.message.split(" at line ")[0] ?? error.message,
    ...at(error.pos[0]),
  }));
  if ("length" in documents && documents.length > 1) problems.push({ message: "there is more than one document", line: 1, column: 1 });
  problems.push(...forbidden(document, at));
  if (problems.length) throw new YamlError(problems);
  return {
    data: document.toJS({ maxAliasCount: 0 }),
    locate: (path) => at(offsetOf(document.contents, path)),
  };
}

function forbidden(document: Document.Parsed, at: (offset: number) => { line: number; column: number }): YamlProblem[] {
  const found: YamlProblem[] = [];
  visit(document, {
    Node(key, node, path) {
      const place = at(node.range?.[0] ?? 0);
      const levels = path.filter((parent) => isMap(parent) || isSeq(parent)).length;
      if (isAlias(node)) found.push({ message: "aliases (*name) are not allowed", ...place });
      else if (node.anchor) found.push({ message: "anchors (&name) are not allowed", ...place });
      else if (node.tag) found.push({ message: `tags (${node.tag}) are not allowed`, ...place });
      if (key === "key" && isScalar(node) && node.value === "<<") found.push({ message: "merge keys (<<) are not allowed", ...place });
      if (key === "key" && isScalar(node) && node.value === "__proto__") found.push({ message: "__proto__ is not allowed", ...place });
      if (levels > LIMITS.depth) {
        found.push({ message: `nested deeper than ${LIMITS.depth} levels`, ...place });
        return visit.BREAK;
      }
    },
  });
  return found;
}

function offsetOf(root: Node | null, path: readonly PropertyKey[]): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part);
      if (isNode(pair?.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
    }
    if (isNode(node) && !isScalar(node)) offset = node.range?.[0] ?? offset;
    if (!isNode(node)) break;
  }
  return offset;
}
