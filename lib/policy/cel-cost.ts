import { celEnv, CelScalar, celFunc, celMethod, isCelError, isCelList, isCelMap, type CelFunc, type CelValue } from "@bufbuild/cel";
import { finds } from "./re2";

/** What one run may cost: a comprehension pays its number of parts for each item, text and lists pay by their length. */
export const RUN = { steps: 100_000, items: 1000 } as const;

/** One run at a time: nothing in it awaits. */
let spent = 0;
let weight = 0;

/** @param valuesBound  what comparing two maps or lists may cost */
export function startRun(valuesBound: number): void {
  spent = 0;
  weight = valuesBound;
}

export const overspent = () => spent > RUN.steps;

function spend(steps: number): void {
  spent += steps;
  if (spent > RUN.steps) throw new Error(`takes more than ${RUN.steps} steps`);
}

const sizeOf = (value: CelValue | undefined): number => (typeof value === "string" ? value.length : isCelList(value) ? value.size : 0);
const compared = (value: CelValue | undefined) => (isCelList(value) || isCelMap(value) ? weight : sizeOf(value) / 64);

/** What a function whose time grows with its input costs. */
const COSTS: Record<string, (values: (CelValue | undefined)[]) => number> = {
  "_==_": ([left, right]) => Math.min(compared(left), compared(right)),
  "_!=_": ([left, right]) => Math.min(compared(left), compared(right)),
  "@in": ([, list]) => compared(list),
  "_+_": ([left, right]) => {
    if (isCelList(left) && isCelList(right) && left.size + right.size > RUN.items)
      throw new Error(`makes a list of more than ${RUN.items}`);
    return (sizeOf(left) + sizeOf(right)) / 16;
  },
  size: ([value]) => (typeof value === "string" ? value.length / 16 : 0),
  contains: ([value]) => sizeOf(value) / 16,
  matches: ([value]) => sizeOf(value) / 4,
};

const plainEnv = celEnv();

function withCost(func: CelFunc, cost: (values: (CelValue | undefined)[]) => number): CelFunc {
  const answer = (target: CelValue | undefined, values: CelValue[]) => {
    spend(cost(target === undefined ? values : [target, ...values]));
    const result = func.call(0, target, values);
    if (result === undefined || isCelError(result)) throw result ?? new Error(`no such ${func.name}`);
    return result;
  };
  return func.target
    ? celMethod(func.name, func.target, func.arguments, func.result, function (...values: CelValue[]) {
        return answer(this, values);
      })
    : celFunc(func.name, func.arguments, func.result, (...values: CelValue[]) => answer(undefined, values));
}

const matches = celMethod("matches", CelScalar.STRING, [CelScalar.STRING], CelScalar.BOOL, function (pattern) {
  return finds(pattern, this);
});
/** Nobody can write this name. */
export const TICK = "@tick";
const tick = celFunc(TICK, [CelScalar.DYN, CelScalar.INT], CelScalar.DYN, (goOn, parts) => {
  spend(Number(parts));
  return goOn;
});

const charged = Object.entries(COSTS).flatMap(([name, cost]) =>
  name === "matches" ? [withCost(matches, cost)] : [...(plainEnv.funcs.find(name) ?? [])].map((func) => withCost(func, cost)),
);
/** CEL's functions, each paying for its work; patterns by RE2. */
export const env = celEnv({ funcs: [...charged, tick] });
