import { DEFAULT_CHAIN } from "@/lib/policy/evaluate";
import type { Check } from "../check";

export const reachable: Check = {
  name: "reachable",
  title: "Every level of its chains has somebody who may decide",
  reason: "A level that nobody stands in is time lost, and a chain without anybody denies everything.",
  missing: ({ agent, makers, chains, people, policy }) => {
    const able = new Set(
      people
        .filter(({ id, status, signs_in, roles }) => {
          const entitled = roles.includes("approver") || roles.includes("security_officer");
          return entitled && status === "active" && signs_in && id !== agent.owner_id && !makers.includes(id);
        })
        .map(({ id }) => id),
    );
    const asked = new Set(policy.rules.filter(({ effect }) => effect === "require_approval").map(({ chain }) => chain ?? DEFAULT_CHAIN));
    const empty = [...asked].flatMap((name) => {
      const chain = chains.find((each) => each.name === name);
      if (!chain) return [`there is no chain ${name}`];
      return chain.levels.flatMap((level, i) => (level.people.some((id) => able.has(id)) ? [] : [`level ${i + 1} of ${name}`]));
    });
    return empty.length ? `Nobody who may decide for this agent: ${empty.join(", ")}.` : null;
  },
};
