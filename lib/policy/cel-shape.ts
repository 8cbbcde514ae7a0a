import type { parse } from "@bufbuild/cel";

export type Parsed = ReturnType<typeof parse>;
export type Expr = NonNullable<Parsed["expr"]>;

/** What an expression may be at most. Nodes are counted after macros are written out: a macro costs about eight. */
export const SHAPE = { bytes: 2048, nodes: 500, macros: 2, brackets: 32 } as const;

/** Answered by the planner itself, not by a function. */
const BUILT_IN = new Set(["_?_:_", "_[_]", "_&&_", "_||_", "@not_strictly_false", "__not_strictly_false__"]);
const TYPE_NAMES = ["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"];
const TYPES = new Set(TYPE_NAMES);
const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

interface Known {
  /** The names that are bound; null: anything may be. */
  names: ReadonlySet<string> | null;
  isFunction: (name: string) => boolean;
  /** Why a literal pattern cannot be used, or null. */
  patternProblem: (pattern: string) => string | null;
}

export interface ShapeProblem {
  message: string;
  /** Of the expression's node. */
  id: bigint;
}

/** Finds what is wrong with an expression before it ever runs: size, nesting, names and functions that do not exist. */
export function shapeProblem(root: Expr, known: Known): ShapeProblem | null {
  let nodes = 0;
  let found: ShapeProblem | null = null;
  const fail = (expr: Expr, message: string) => (found ??= { message, id: expr.id });
  const walk = (expr: Expr | undefined, macros: number, bound: ReadonlySet<string>): void => {
    if (!expr || found) return;
    if (++nodes > SHAPE.nodes) return void fail(expr, `has more than ${SHAPE.nodes} parts`);
    const { exprKind } = expr;
    switch (exprKind.case) {
      case "constExpr": {
        const constant = exprKind.value.constantKind;
        if (constant.case === "int64Value" && (constant.value < INT64.least || constant.value > INT64.most))
          fail(expr, "holds a number that does not fit in 64 bits");
        return;
      }
      case "identExpr": {
        const name = exprKind.value.name;
        if (known.names && !bound.has(name) && !known.names.has(name) && !TYPES.has(name)) fail(expr, `names ${name}, which there is not`);
        return;
      }
      case "selectExpr":
        return walk(exprKind.value.operand, macros, bound);
      case "listExpr":
        return exprKind.value.elements.forEach((each) => walk(each, macros, bound));
      case "structExpr":
        return exprKind.value.entries.forEach((entry) => {
          if (entry.keyKind.case === "mapKey") walk(entry.keyKind.value, macros, bound);
          walk(entry.value, macros, bound);
        });
      case "callExpr": {
        const { function: name, target, args } = exprKind.value;
        if (!BUILT_IN.has(name) && !known.isFunction(name)) return void fail(expr, `calls ${name}, which there is not`);
        if (name === "matches") {
          const pattern = literalText(args.at(-1));
          const problem = pattern === null ? "must be written out as text" : known.patternProblem(pattern);
          if (problem) return void fail(expr, `the pattern of matches ${problem}`);
        }
        walk(target, macros, bound);
        return args.forEach((each) => walk(each, macros, bound));
      }
      case "comprehensionExpr": {
        const { iterVar, accuVar, iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value;
        if (macros >= SHAPE.macros) return void fail(expr, `nests all, exists, filter and map deeper than ${SHAPE.macros}`);
        walk(iterRange, macros, bound);
        walk(accuInit, macros, bound);
        const inner = new Set([...bound, iterVar, accuVar]);
        walk(loopCondition, macros + 1, inner);
        walk(loopStep, macros + 1, inner);
        return walk(result, macros, inner);
      }
      case undefined:
        return void fail(expr, "is empty");
    }
  };
  walk(root, 0, new Set());
  return found;
}

function literalText(expr: Expr | undefined): string | null {
  const constant = expr?.exprKind.case === "constExpr" ? expr.exprKind.value.constantKind : null;
  return constant?.case === "stringValue" ? constant.value : null;
}

const YIELDS_BOOL = new Set([
  "_==_",
  "_!=_",
  "_<_",
  "_<=_",
  "_>_",
  "_>=_",
  "_&&_",
  "_||_",
  "!_",
  "@in",
  "matches",
  "contains",
  "startsWith",
  "endsWith",
]);
const YIELDS_NUMBER = new Set(["_-_", "_*_", "_/_", "_%_", "-_", "size", "int", "uint", "double"]);

/** What an expression plainly answers; "unknown" is settled when it runs. */
export function plainKind({ exprKind }: Expr): "bool" | "number" | "other" | "unknown" {
  switch (exprKind.case) {
    case "constExpr": {
      const kind = exprKind.value.constantKind.case;
      if (kind === "boolValue") return "bool";
      return kind === "int64Value" || kind === "uint64Value" || kind === "doubleValue" ? "number" : "other";
    }
    case "listExpr":
    case "structExpr":
      return "other";
    case "callExpr":
      if (YIELDS_BOOL.has(exprKind.value.function)) return "bool";
      return YIELDS_NUMBER.has(exprKind.value.function) ? "number" : "unknown";
    default:
      return exprKind.case === "selectExpr" && exprKind.value.testOnly ? "bool" : "unknown";
  }
}
