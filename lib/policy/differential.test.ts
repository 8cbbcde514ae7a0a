import fc from "fast-check";
import { expect, it } from "vitest";
import { anyCall, anyPolicy, toYaml } from "@/tests/policy/generate";
import { reference } from "@/tests/policy/reference";
import { evaluate } from "./evaluate";
import { parsePolicy } from "./parse";

const POLICIES = 2_500;
const CALLS = 20;

it(`agrees with a naive reading of the document over ${POLICIES * CALLS} policies and calls`, { timeout: 120_000 }, () => {
  let compared = 0;
  const seen = { allow: 0, ask: 0, deny: 0, branches: 0, errors: 0 };
  fc.assert(
    fc.property(anyPolicy, fc.array(anyCall, { minLength: CALLS, maxLength: CALLS }), (plain, calls) => {
      const policy = { version: 1, ...parsePolicy(toYaml(plain)) };
      for (const call of calls) {
        const { effect, rule, chain, risk, timeout, axes, branches, errors } = evaluate(policy, call);
        expect({
          ...{ effect, rule, chain, risk, timeout, axes: Object.values(axes) },
          branches: branches.map(({ counter, over }) => [counter.rule, counter.amount, over.effect]),
        }).toEqual(reference(plain, call));
        compared++;
        seen[effect]++;
        if (branches.length) seen.branches++;
        if (errors.length) seen.errors++;
      }
    }),
    { numRuns: POLICIES },
  );
  expect(compared).toBe(POLICIES * CALLS);
  // The comparison is worth something only if each kind of answer came up often.
  for (const [kind, times] of Object.entries(seen)) expect(times, kind).toBeGreaterThan(compared / 50);
});
