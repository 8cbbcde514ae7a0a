#!/bin/sh
# guarded-call.sh TOOL ARGUMENTS REASON COMMAND…   runs COMMAND only when Licet says "approved" (needs curl and jq)
set -eu
tool=$1 arguments=$2 reason=$3; shift 3
# The key goes in by standard input: what is on a command line, every user of the machine can read.
licet() {
  printf 'header = "Authorization: Bearer %s"\n' "$LICET_KEY" |
    curl -fsS --max-time 70 -K - -H "Content-Type: application/json" -H "Prefer: wait=50" "$@"
}
field() { printf %s "$approval" | jq -r "$1"; }
body=$(jq -n --arg t "$tool" --argjson a "$arguments" --arg r "$reason" '{tool: $t, arguments: $a, reason: $r, session_id: "s_1"}')
approval=$(licet "$LICET_URL/api/v1/approvals" -d "$body")
while [ "$(field .status)" = pending ]; do approval=$(licet "$LICET_URL$(field .links.self)"); done
[ "$(field .status)" = approved ] || { echo "not permitted: $(field .decision.reason)" >&2; exit 1; }
exec "$@"
