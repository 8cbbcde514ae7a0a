/** What an expression can name. Counters are not among them: a cumulative rule is data (`over`). */
export const BINDING_NAMES: ReadonlySet<string> = new Set([
  ...["tool", "arguments", "resource", "scope", "held", "facts", "session", "agent", "root_agent", "stage", "recipients", "now"],
]);
