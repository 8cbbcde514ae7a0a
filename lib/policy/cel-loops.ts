import { parse } from "@bufbuild/cel";
import { TICK } from "./cel-cost";
import type { Expr } from "./cel-shape";

/** Each turn of a loop pays for its parts. Written into the tree, because the planner has no hook of its own. */
export function countLoops(expr: Expr): number {
  let parts = 1;
  const add = (child: Expr | undefined) => (parts += child ? countLoops(child) : 0);
  const { exprKind } = expr;
  switch (exprKind.case) {
    case "selectExpr":
      add(exprKind.value.operand);
      break;
    case "listExpr":
      exprKind.value.elements.forEach(add);
      break;
    case "structExpr":
      for (const entry of exprKind.value.entries) {
        if (entry.keyKind.case === "mapKey") add(entry.keyKind.value);
        add(entry.value);
      }
      break;
    case "callExpr":
      add(exprKind.value.target);
      exprKind.value.args.forEach(add);
      break;
    case "comprehensionExpr": {
      const loop = exprKind.value;
      [loop.iterRange, loop.accuInit, loop.result].forEach(add);
      const before = parts;
      [loop.loopCondition, loop.loopStep].forEach(add);
      if (loop.loopCondition) loop.loopCondition = ticking(loop.loopCondition, parts - before);
      break;
    }
    default:
  }
  return parts;
}

/** The loop's condition inside a call that counts it: parsed from text, so that the tree is the parser's own. */
function ticking(condition: Expr, parts: number): Expr {
  const call = parse(`tick(0, ${parts})`).expr;
  if (call?.exprKind.case !== "callExpr") throw new Error("cannot count a loop");
  call.exprKind.value.function = TICK;
  call.exprKind.value.args[0] = condition;
  return call;
}
