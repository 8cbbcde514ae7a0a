import type { Check } from "../check";

export const responsibility: Check = {
  name: "responsibility",
  title: "Its responsibility is one sentence",
  reason: "Who reviews its access, and who decides its requests, must know what it is for.",
  missing: ({ agent: { responsibility: text } }) => {
    if (text.trim().split(/\s+/).length < 3) return "It is too short to say what the agent is for.";
    return text.trim().split(/[.!?]\s+/).length > 1 ? "It is more than one sentence." : null;
  },
};
