import json, os
from urllib.request import Request, urlopen

def licet(path, body=None):
    headers = {"Authorization": f"Bearer {os.environ['LICET_KEY']}", "Content-Type": "application/json", "Prefer": "wait=50"}
    return json.load(urlopen(Request(os.environ["LICET_URL"] + path, body and json.dumps(body).encode(), headers)))

def guarded(tool, args, reason, act):
    approval = licet("/api/v1/approvals", {"tool": tool, "arguments": args, "reason": reason, "session_id": "s_1"})
    while approval["status"] == "pending":
        approval = licet(approval["links"]["self"])
    if approval["status"] != "approved":
        raise PermissionError(approval["decision"]["reason"])
    return act()
