import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/platform/root";
import { parseStrictYaml } from "@/lib/platform/strict-yaml";
import { aTool } from "@/tests/policy/generate";
import { evaluate } from "./evaluate";
import { checkPolicy, parsePolicy } from "./parse";

const text = readFileSync(join(projectRoot(), "docs/policy.md"), "utf8");
const blocks = [...text.matchAll(/^## (.+?)$[\s\S]*?(?=^## |$(?![\s\S]))/gm)].flatMap(([section, title]) =>
  [...section.matchAll(/```yaml\n([\s\S]*?)```/g)].map((block) => ({ title: title ?? "", yaml: block[1] ?? "" })),
);
const policyOf = (title: string) => ({ version: 1, ...parsePolicy(blocks.find((block) => block.title === title)?.yaml ?? "") });

describe("the examples of docs/policy.md", () => {
  it("are all there", () =>
    expect(blocks.map(({ title }) => title)).toEqual(["Rules", "Axes", "Caps", "Limits", "Deadlines, memory, freezes"]));

  it.each(blocks)("can be copied: $title", ({ yaml }) => {
    expect(checkPolicy(yaml)).toMatchObject({ problems: [], warnings: [] });
    expect(parseStrictYaml(yaml).data).toBeTypeOf("object");
  });

  const refund = (given: Record<string, string | number>, reason = "see SHOP-17") =>
    evaluate(policyOf("Rules"), {
      agent: "bot",
      tool: aTool({ name: "orders.refund", action: "write" }),
      notInspectable: [],
      arguments: given,
      reason,
    });

  it("decide what they say", () => {
    expect(refund({ amount: 20 })).toMatchObject({ effect: "allow", rule: "small-refund" });
    expect(refund({ amount: 501 })).toMatchObject({ effect: "ask", rule: "big-refund", chain: "finance", timeout: 1800 });
    expect(refund({ amount: 501 }, "please")).toMatchObject({ effect: "deny", rule: "big-refund" });
    // A field that is missing is an error, and errors are on the strict side.
    expect(refund({})).toMatchObject({ effect: "ask", rule: "big-refund" });
    const pay = {
      agent: "bot",
      tool: aTool({ name: "payments.make", action: "write" }),
      notInspectable: [],
      arguments: { currency: "USD" },
    };
    expect(evaluate(policyOf("Rules"), pay)).toMatchObject({ effect: "deny", rule: "never-abroad" });
  });

  it("score what they say", () => {
    const mail = (n: number) => ({
      agent: "bot",
      tool: aTool({ name: "mail.send", action: "write", impact: "record", reversibility: "reversible" }),
      notInspectable: [],
      arguments: { to: Array.from({ length: n }, (_, i) => `p${i}@example.org`) },
    });
    expect([20, 21, 101].map((n) => evaluate(policyOf("Axes"), mail(n)).axes.blast_radius)).toEqual([1, 2, 3]);
  });

  it("count what they say", () => {
    const verdict = evaluate(policyOf("Caps"), {
      agent: "bot",
      tool: aTool({ name: "orders.refund", action: "write" }),
      notInspectable: [],
      arguments: { amount: 7, currency: "EUR" },
      session: "s",
    });
    expect(verdict).toMatchObject({ effect: "allow", rule: "refunds" });
    expect(verdict.branches.map(({ counter, over }) => [counter.rule, counter.kind, counter.cap, over.effect])).toEqual([
      ["refunds-a-day", "sum", 1000, "ask"],
      ["stuck", "repeats", 10, "ask"],
    ]);
  });

  it("set the deadlines they say", () => {
    expect(policyOf("Deadlines, memory, freezes")).toMatchObject({
      timeout: { high: 1800 },
      memory: 7200,
      calendar: { zone: "Europe/Berlin" },
    });
  });
});
