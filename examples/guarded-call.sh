#!/bin/sh
# Prints the decided request. Act only where "status" is "approved".
curl -sS "$LICET_URL/api/v1/approvals" -H "Authorization: Bearer $LICET_KEY" -H "Prefer: wait=50" \
  -H "Content-Type: application/json" -H "Idempotency-Key: ${1:?a key of your own for this call}" \
  -d '{"tool": "tickets.read", "arguments": {"id": "t_8812"}, "reason": "answer it", "session_id": "s_1"}'
