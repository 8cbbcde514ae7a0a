import json, os
from urllib.request import Request, urlopen

def licet(path, body=None):
    headers = {"Authorization": f"Bearer {os.environ['LICET_KEY']}", "Content-Type": "application/json", "Prefer": "wait=50"}
    data = None if body is None else json.dumps(body).encode()
    return json.load(urlopen(Request(os.environ["LICET_URL"] + path, data, headers), timeout=70))

def guarded(tool, args, reason, act):
    approval = licet("/api/v1/approvals", {"tool": tool, "arguments": args, "reason": reason, "session_id": "s_1"})
    while approval["status"] == "pending":
        approval = licet(approval["links"]["self"])
    if approval["status"] != "approved":
        raise PermissionError(f"not permitted: {approval['decision']['reason']}")
    return act()
