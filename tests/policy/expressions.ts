import fc from "fast-check";

/** Expressions that can be written as CEL and worked out by hand. */
export type Formula =
  | { is: "compare"; path: string; operator: "<" | "<=" | ">" | ">=" | "==" | "!="; value: number | string | boolean }
  | { is: "has"; path: string }
  | { is: "some"; list: string; operator: ">" | "=="; value: number | string }
  | { is: "not"; of: Formula }
  | { is: "and" | "or"; left: Formula; right: Formula };

const PATHS = [
  "arguments.amount",
  "arguments.to",
  "arguments.deep.flag",
  "facts.count",
  "session",
  "agent",
  "recipients",
  "tool.action",
  "resource",
  "stage",
];
const value = fc.oneof(fc.integer({ min: -2, max: 6 }), fc.constantFrom(0.5, 2.5, "a", "read", "main", "s1", true, false));

export const anyFormula: fc.Arbitrary<Formula> = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({
      is: fc.constant("compare" as const),
      path: fc.constantFrom(...PATHS),
      operator: fc.constantFrom("<", "<=", ">", ">=", "==", "!="),
      value,
    }),
    fc.record({
      is: fc.constant("has" as const),
      path: fc.constantFrom("arguments.amount", "arguments.deep", "arguments.deep.flag", "facts.count"),
    }),
    fc.record({
      is: fc.constant("some" as const),
      list: fc.constantFrom("arguments.list", "held"),
      operator: fc.constantFrom(">", "=="),
      value: fc.constantFrom(1, 3, "a", "x:read"),
    }),
    fc.record({ is: fc.constant("not" as const), of: tie("formula") }),
    fc.record({ is: fc.constantFrom("and", "or"), left: tie("formula"), right: tie("formula") }),
  ),
})).formula;

export function toCel(formula: Formula): string {
  switch (formula.is) {
    case "compare":
      return `${formula.path} ${formula.operator} ${JSON.stringify(formula.value)}`;
    case "has":
      return `has(${formula.path})`;
    case "some":
      return `${formula.list}.exists(each, each ${formula.operator} ${JSON.stringify(formula.value)})`;
    case "not":
      return `!(${toCel(formula.of)})`;
    case "and":
    case "or":
      return `(${toCel(formula.left)}) ${formula.is === "and" ? "&&" : "||"} (${toCel(formula.right)})`;
  }
}

const ERROR = "error";
type Truth = boolean | typeof ERROR;

/** CEL's answer, worked out by its rules: an error decides only where nothing else does. */
export function workOut(formula: Formula, seen: Record<string, unknown>): Truth {
  switch (formula.is) {
    case "compare":
      return compare(read(seen, formula.path), formula.operator, formula.value);
    case "has": {
      const parent = read(seen, formula.path.split(".").slice(0, -1).join("."));
      const name = formula.path.split(".").at(-1) ?? "";
      return parent && typeof parent === "object" && !Array.isArray(parent) ? Object.hasOwn(parent, name) : ERROR;
    }
    case "some": {
      const list = read(seen, formula.list);
      if (!Array.isArray(list)) return ERROR;
      const truths = list.map((each) => compare(each, formula.operator, formula.value));
      return truths.includes(true) ? true : truths.includes(ERROR) ? ERROR : false;
    }
    case "not": {
      const truth = workOut(formula.of, seen);
      return truth === ERROR ? ERROR : !truth;
    }
    case "and":
    case "or": {
      const settles = formula.is === "or";
      const truths = [workOut(formula.left, seen), workOut(formula.right, seen)];
      return truths.includes(settles) ? settles : truths.includes(ERROR) ? ERROR : !settles;
    }
  }
}

function read(seen: Record<string, unknown>, path: string): unknown {
  let current: unknown = seen;
  for (const part of path.split(".")) {
    if (!current || typeof current !== "object" || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string, unknown>)[part];
  }
  return current;
}

function compare(left: unknown, operator: string, right: unknown): Truth {
  if (left === undefined) return ERROR;
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (typeof left !== typeof right || left === null || typeof left === "object") return ERROR;
  const [a, b] = [left as number, right as number];
  return operator === "<" ? a < b : operator === "<=" ? a <= b : operator === ">" ? a > b : a >= b;
}
