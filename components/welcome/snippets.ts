export const LANGUAGES = ["curl", "TypeScript", "Python"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first request in three languages. `body` is the JSON of `examples/support/first-request.json`. */
export function snippet(language: Language, url: string, key: string, body: string): string {
  const compact = JSON.stringify(JSON.parse(body));
  if (language === "curl") {
    return `curl -s ${url}/api/v1/approvals \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -H "Prefer: wait=50" \\
  -d '${compact}'`;
  }
  if (language === "TypeScript") {
    return `const answer = await fetch("${url}/api/v1/approvals", {
  method: "POST",
  headers: {
    Authorization: "Bearer ${key}",
    "Content-Type": "application/json",
    Prefer: "wait=50",
  },
  body: JSON.stringify(${compact}),
});
const approval = await answer.json();
console.log(approval.status); // act only on "approved"`;
  }
  return `import json
from urllib.request import Request, urlopen

answer = urlopen(Request(
    "${url}/api/v1/approvals",
    data=json.dumps(${compact}).encode(),
    headers={"Authorization": "Bearer ${key}",
             "Content-Type": "application/json", "Prefer": "wait=50"}))
print(json.load(answer)["status"])  # act only on "approved"`;
}
