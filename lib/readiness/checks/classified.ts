import type { Check } from "../check";

export const classified: Check = {
  name: "classified",
  title: "Every granted tool is classified and justified",
  reason: "A risk that nobody has thought about is no risk that anybody accepted.",
  missing: ({ granted }) => {
    const open = granted.filter(({ justification }) => !justification).map(({ name }) => name);
    if (!granted.length) return "It is granted no tool.";
    return open.length ? `Not justified: ${open.join(", ")}.` : null;
  },
};
