-- What a session asked before, newest last: the same call so often in a row is read from here.
create index requests_of_session on requests (tenant_id, agent_id, session_id, created_at, id);
