export const LANGUAGES = ["curl", "TypeScript", "Python"] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * The first request in three languages.
 * @param key  the example agent's; null while there is none
 * @param body  the JSON of `examples/support/first-request.json`
 */
export function snippet(language: Language, url: string, key: string | null, body: string): string {
  return WRITERS[language](`${url}/api/v1/approvals`, key ?? "licet_…", (indent) => lines(body, indent));
}

type Writer = (address: string, key: string, body: (indent: number) => string) => string;

const WRITERS: Record<Language, Writer> = {
  curl: (address, key, body) => `curl -s ${address} \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" -H "Prefer: wait=50" \\
  -d '${body(6).replaceAll("'", "'\\''")}'`,

  TypeScript: (address, key, body) => `const answer = await fetch("${address}", {
  method: "POST",
  headers: {
    Authorization: "Bearer ${key}",
    "Content-Type": "application/json",
    Prefer: "wait=50",
  },
  body: JSON.stringify(${body(23)}),
});
const { status } = await answer.json();
console.log(status); // act only on "approved"`,

  Python: (address, key, body) => `import json
from urllib.request import Request, urlopen

answer = urlopen(Request(
    "${address}",
    headers={"Authorization": "Bearer ${key}",
             "Content-Type": "application/json", "Prefer": "wait=50"},
    data=json.dumps(${body(21)}).encode()))
print(json.load(answer)["status"])  # act only on "approved"`,
};

/** A member a line, the ones after the first indented to stand below it. */
function lines(body: string, indent: number): string {
  const members = Object.entries(JSON.parse(body) as Record<string, unknown>).map(([name, value]) => `"${name}": ${JSON.stringify(value)}`);
  return `{${members.join(`,\n${" ".repeat(indent)}`)}}`;
}
