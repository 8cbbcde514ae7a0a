import { RISKS } from "@/lib/catalog/terms";

export const TABS = ["mine", "all", "done"] as const;
export type Tab = (typeof TABS)[number];

const FIELDS = ["risk", "agent", "tool", "session"] as const;
/** As long as the API takes them. */
const MOST = { risk: 20, agent: 64, tool: 128, session: 200 } as const;

/** A search such as `risk:high agent:support-bot`, as the API's filter; a bare word is an agent's name. */
export function parseSearch(text: string): { query: URLSearchParams; unknown: string[] } {
  const query = new URLSearchParams();
  const unknown: string[] = [];
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    const [, name, value] = /^(\w+):(.*)$/.exec(word) ?? [null, "agent", word];
    const field = FIELDS.find((each) => each === name);
    const wrongRisk = field === "risk" && !value?.split(",").every((risk) => RISKS.some((each) => each === risk));
    if (!field || !value || value.length > MOST[field] || wrongRisk) unknown.push(word);
    else query.set(field, value);
  }
  return { query, unknown };
}

/** The list's query string for a tab and a search. */
export function listQuery(tab: Tab, search: string): string {
  const { query } = parseSearch(search);
  query.set("status", tab === "done" ? "approved,denied,expired,cancelled" : "pending");
  if (tab === "mine") query.set("mine", "true");
  return query.toString();
}
