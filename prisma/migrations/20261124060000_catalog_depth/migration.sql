alter table tool_versions
  -- Templates over the arguments; resource null: the path's.
  add column resource text check (length(resource) between 1 and 500),
  add column mcp jsonb,
  -- What arguments are, by JSON Pointer: how they are drawn and, of mail, whom it reaches.
  add column kinds jsonb not null default '{}',
  -- Of one call, in the unit in which the policy's budget is written.
  add column cost double precision check (cost >= 0),
  add column owner text check (length(owner) between 3 and 254),
  -- What it was at its source when it was accepted: {hash, …}.
  add column pinned jsonb,
  -- Who wrote it: a person's id, or operator (prisma/functions/author.sql).
  add column author text;

alter table grants
  -- From then on it is as if it were not there.
  add column expires_at timestamptz;
