-- How many people must approve (a number, or how many of each group), and what silence means where policy opted in.
alter table requests
  add column quorum jsonb check (jsonb_typeof(quorum) in ('number', 'object')),
  add column on_timeout text check (on_timeout is null or (on_timeout = 'allow' and risk = 'low'));
create index requests_allowed_on_timeout on requests (tenant_id, expires_at) where state = 'pending' and on_timeout = 'allow';
