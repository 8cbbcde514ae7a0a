-- The first schema. Run by the migrator as the role licet_owner, which owns everything here.
-- Two kinds of tables (docs/decisions/0002-tables-and-roles.md):
--   install tables  one row for the whole installation; no row-level security, no grants, reached through functions only
--   tenant tables   primary and foreign keys start with tenant_id; row-level security is forced, for the owner too

-- Nobody may execute what this role creates unless it says so.
alter default privileges revoke execute on functions from public;

-- The only clock. A function so that the model tests can move time; in production it is the database's own.
create function door_clock() returns timestamptz language sql volatile parallel safe
  return clock_timestamp();

-- RFC 9562 version 7: ids sort by the database's clock. PostgreSQL 18 has its own; the other runs on 15 to 17
-- (a version 4 id whose first six bytes are the milliseconds and whose version nibble 0100 becomes 0111).
do $$
begin
  if current_setting('server_version_num')::int >= 180000 then
    create function new_id() returns uuid language sql volatile parallel safe return uuidv7();
  else
    create function new_id() returns uuid language sql volatile parallel safe
      return encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
        52, 1), 53, 1), 'hex')::uuid;
  end if;
end $$;

-- The tenant of this transaction, or an error: never set means error already, and after a commit the setting reads ''
-- (not null), which is turned into the name of a setting that does not exist. One expression, so that PostgreSQL writes it
-- into each query instead of calling it (measured: six calls for every row of an ask).
create function current_tenant() returns text language sql stable parallel safe
  return current_setting(case when current_setting('licet.tenant', true) <> '' then 'licet.tenant' else 'licet.tenant is not set' end);

-- What every state change of a tenant holds shared, and every configuration change (later: every kill) exclusively, so
-- that after such a change has returned nothing decided under the old one can still commit. An advisory lock, because
-- its queue is fair: a flood of row locks would starve the exclusive side (measured: 3-12 s against 45 ms).
create function gate() returns bigint language sql stable parallel safe
  return hashtextextended('licet gate ' || current_tenant(), 0);

-- Words and digests that many columns share. As domains, because PostgreSQL keeps their checks parsed; a table's own
-- CHECKs are parsed anew by every statement that writes it (measured: a sixth of an ask of one).
create domain sha256_digest as bytea check (length(value) = 32);
create domain risk as text check (value in ('low', 'medium', 'high'));
create domain axis as smallint check (value between 0 and 3);
create domain action_type as text check (value in ('read', 'write', 'delete', 'invoke'));
create domain request_state as text check (value in ('pending', 'approved', 'denied', 'expired', 'cancelled'));
create domain decider as text check (value in ('policy', 'person', 'silence', 'agent'));
create domain deny_reason as text check (value in ('wrong_target', 'not_needed', 'too_broad', 'malicious', 'other'));
create domain validity as text check (value in ('once'));
create domain actor_kind as text check (value in ('agent', 'person', 'policy', 'system', 'operator'));
create domain result_status as text check (value in ('success', 'denied', 'error'));

-- ---------------------------------------------------------------------------------------------------- install tables

create table tenants (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  created_at timestamptz not null default clock_timestamp()
);

-- One human, whatever tenants they belong to.
create table accounts (
  id uuid primary key default new_id(),
  email text not null unique check (email = lower(email) and length(email) between 3 and 254),
  name text not null check (length(name) between 1 and 200),
  password_hash text check (password_hash like '$argon2id$%'),
  issuer text,
  subject text,
  created_at timestamptz not null default clock_timestamp(),
  unique (issuer, subject),
  check ((issuer is null) = (subject is null))
);

-- Which tenants an account belongs to: the way from a sign-in to a tenant. Kept by the functions that make people.
create table memberships (
  account_id uuid not null references accounts (id),
  tenant_id text not null references tenants (id),
  created_at timestamptz not null default clock_timestamp(),
  primary key (account_id, tenant_id)
);

-- A signed-in browser. The cookie holds the secret, the row its SHA-256, so a copy of the database opens no session.
create table sessions (
  id_hash sha256_digest primary key,
  tenant_id text not null references tenants (id),
  account_id uuid not null references accounts (id),
  user_agent text not null default '',
  created_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_of_account on sessions (account_id) where ended_at is null;

-- Failed sign-ins by account and by address; every further one waits longer.
create table sign_in_failures (
  subject text primary key,
  failures integer not null,
  last_at timestamptz not null,
  locked_until timestamptz
);

-- Which tenant and agent an API key belongs to: the only table read before a tenant is known.
create table key_directory (
  key_id text primary key,
  tenant_id text not null references tenants (id),
  agent_id uuid not null,
  secret_hash sha256_digest not null,
  expires_at timestamptz,
  revoked_at timestamptz
);

-- The printed set-up link. At most one row; it is void once an admin exists.
create table setup (
  only_one boolean primary key default true check (only_one),
  token_hash bytea not null,
  created_at timestamptz not null default clock_timestamp()
);

-- Secrets of the installation: the install's secret where no file holds it, the VAPID pair (sealed by that secret).
create table install_keys (
  name text primary key,
  value text not null,
  created_at timestamptz not null default clock_timestamp()
);

-- When each tenant next has something to do, so that the scheduler looks at one small table and not at every tenant.
create table due (
  tenant_id text primary key references tenants (id),
  next_due timestamptz not null default 'infinity'
);
create index due_next on due (next_due);

-- A scheduler that is alive says so here; readiness and the health page look.
create table heartbeats (
  replica text primary key,
  beat_at timestamptz not null
);

-- --------------------------------------------------------------------------------------- tenant tables: configuration

create table config_versions (
  tenant_id text primary key references tenants (id),
  version bigint not null,
  -- Up to which version all pending requests were looked at again: is somebody still able to decide them?
  checked bigint not null default 0
);

-- Membership of an account in a tenant. A person without an account cannot sign in (the demo's owner).
create table people (
  tenant_id text not null references tenants (id),
  id uuid not null default new_id(),
  account_id uuid references accounts (id),
  name text not null check (length(name) between 1 and 200),
  email text check (email = lower(email)),
  roles text[] not null check (roles <@ array['owner', 'approver', 'admin', 'security_officer', 'auditor']),
  status text not null default 'active' check (status in ('active', 'disabled')),
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id),
  unique (tenant_id, account_id),
  unique (tenant_id, email)
);

create table invitations (
  tenant_id text not null references tenants (id),
  id uuid not null default new_id(),
  token_hash sha256_digest not null,
  email text not null check (email = lower(email) and length(email) between 3 and 254),
  name text not null default '',
  roles text[] not null check (roles <@ array['owner', 'approver', 'admin', 'security_officer', 'auditor']),
  invited_by uuid,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, token_hash),
  foreign key (tenant_id, invited_by) references people (tenant_id, id)
);

create table agents (
  tenant_id text not null references tenants (id),
  id uuid not null default new_id(),
  name text not null check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  owner_id uuid not null,
  responsibility text not null check (length(responsibility) between 1 and 500),
  out_of_scope text[] not null default '{}',
  status text not null default 'active' check (status in ('active', 'disabled')),
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id),
  unique (tenant_id, name),
  foreign key (tenant_id, owner_id) references people (tenant_id, id)
);

create table agent_keys (
  tenant_id text not null references tenants (id),
  id text not null,
  agent_id uuid not null,
  created_by uuid,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, agent_id) references agents (tenant_id, id),
  foreign key (tenant_id, created_by) references people (tenant_id, id)
);
create index agent_keys_of_agent on agent_keys (tenant_id, agent_id);

create table tools (
  tenant_id text not null references tenants (id),
  id uuid not null default new_id(),
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}$'),
  version integer not null check (version > 0),
  status text not null default 'active' check (status in ('active', 'removed')),
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

-- Immutable: what a tool was when a request named it stays readable for ever.
create table tool_versions (
  tenant_id text not null references tenants (id),
  tool_id uuid not null,
  version integer not null,
  title text check (length(title) between 1 and 200),
  action action_type not null,
  impact text not null check (impact in ('record', 'records', 'tenant', 'tenants', 'external')),
  reversibility text not null check (reversibility in ('reversible', 'effort', 'irreversible')),
  risk risk not null,
  justification text,
  method text check (method in ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE')),
  path text check (path like '/%'),
  scope text not null,
  arguments jsonb,
  decisive text[] not null default '{}',
  sensitive text[] not null default '{}',
  definition_hash sha256_digest not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, tool_id, version),
  foreign key (tenant_id, tool_id) references tools (tenant_id, id),
  check (risk = 'high' or length(justification) > 0)
);

create table grants (
  tenant_id text not null references tenants (id),
  id uuid not null default new_id(),
  agent_id uuid not null,
  tool_id uuid not null,
  justification text not null check (length(justification) between 1 and 500),
  created_at timestamptz not null default clock_timestamp(),
  revoked_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, agent_id) references agents (tenant_id, id),
  foreign key (tenant_id, tool_id) references tools (tenant_id, id)
);
create unique index grants_live on grants (tenant_id, agent_id, tool_id) where revoked_at is null;

-- Immutable; the one with the highest version is in force.
create table policies (
  tenant_id text not null references tenants (id),
  version integer not null check (version > 0),
  document text not null check (octet_length(document) <= 65536),
  document_hash sha256_digest not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, version)
);

create table chains (
  tenant_id text not null references tenants (id),
  id uuid not null default new_id(),
  name text not null check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  version integer not null check (version > 0),
  status text not null default 'active' check (status in ('active', 'removed')),
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

-- Immutable. levels is [{"people": [id, …], "escalate_after": seconds}, …]; the last level has no escalate_after.
create table chain_versions (
  tenant_id text not null references tenants (id),
  chain_id uuid not null,
  version integer not null,
  levels jsonb not null check (jsonb_typeof(levels) = 'array' and jsonb_array_length(levels) between 1 and 3),
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, chain_id, version),
  foreign key (tenant_id, chain_id) references chains (tenant_id, id)
);

-- ---------------------------------------------------------------------------------------------- tenant tables: requests
-- Their foreign keys lead to a tenant by way of an agent or a request; one more to tenants itself would be checked for
-- every row of every ask (measured: a tenth of the whole function) and say nothing new.

create table requests (
  tenant_id text not null,
  id uuid not null default new_id(),
  kind text not null default 'action',
  state request_state not null,
  -- content_version is the ETag: what a person decides about. revision counts every event and only wakes waiters.
  content_version integer not null default 1,
  revision integer not null default 1,

  agent_id uuid not null,
  key_id text not null,
  session_id text not null,
  idempotency_key text,
  body_digest bytea,

  tool_id uuid,
  tool_version integer,
  tool_name text not null,
  action_type action_type,
  arguments jsonb not null,
  reason text not null,
  trace_url text,
  resource text,
  scope text,
  held text[] not null default '{}',

  risk risk not null,
  irreversibility axis not null,
  blast_radius axis not null,
  privilege axis not null,
  not_inspectable text[] not null default '{}',
  decisive text[] not null default '{}',
  rule text,
  reasons text[] not null default '{}',
  policy_version integer not null,
  config_version bigint not null,
  action_digest sha256_digest not null,
  facts_digest sha256_digest not null,

  chain_id uuid,
  chain_version integer,
  level smallint,
  level_asked_at timestamptz,
  level_due_at timestamptz,
  -- The configuration under which somebody was last known to be able to decide: an older one is looked at again.
  able_config bigint,

  created_at timestamptz not null,
  updated_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  decided_by decider,
  decided_person uuid,
  outcome text,
  comment text,
  deny_reason deny_reason,
  validity validity,
  granted_scope text,
  use_by timestamptz,
  uses_left integer,
  decision_digest bytea,
  retry_at timestamptz,

  primary key (tenant_id, id),

  -- A net below the door: whatever a function gets wrong, such a row cannot be written.
  constraint deadline check (expires_at between created_at + interval '10 seconds' and created_at + interval '30 days'),
  constraint life check ((case state
    when 'pending' then decided_at is null and decided_by is null and chain_id is not null and level is not null and use_by is null
    when 'approved' then decided_at < expires_at and decided_by in ('policy', 'person') and tool_id is not null
      and use_by is not null and uses_left is not null and validity is not null
    when 'expired' then decided_at >= expires_at and decided_by = 'silence' and use_by is null
    when 'cancelled' then decided_at is not null and decided_by = 'agent' and use_by is null
    else decided_at is not null and decided_by in ('policy', 'person') and use_by is null end) is true),
  constraint person_decides check ((decided_by is not distinct from 'person') = (decided_person is not null))
);
-- No foreign keys: each is checked for every row of every ask (measured: half of what an ask costs beyond its commit).
-- The door looks agent, key, grant and tool up in the same transaction anyway, nobody may delete them, and the oracle of
-- the tests (tests/support/oracle.ts) finds a reference that leads nowhere.
-- Same key, same body: the same request, for as long as the request is kept.
create unique index requests_idempotency on requests (tenant_id, agent_id, idempotency_key) where idempotency_key is not null;
-- Without a key an identical pending request of the same session is that request; with another key, another request.
create unique index requests_twin on requests (tenant_id, agent_id, session_id, action_digest, coalesce(idempotency_key, ''))
  where state = 'pending';
create index requests_pending on requests (tenant_id, expires_at) where state = 'pending';
create index requests_level_due on requests (tenant_id, level_due_at) where state = 'pending' and level_due_at is not null;
create index requests_of_agent on requests (tenant_id, agent_id, id);
-- What people were asked, for the event stream's resume: never the calls that policy alone decided.
create index requests_asked on requests (tenant_id, updated_at) where chain_id is not null;

create table votes (
  tenant_id text not null,
  request_id uuid not null,
  content_version integer not null,
  person_id uuid not null,
  verdict text not null check (verdict in ('approve', 'deny')),
  digest sha256_digest not null,
  authenticated_by text not null check (authenticated_by in ('session', 'password')),
  cast_at timestamptz not null,
  primary key (tenant_id, request_id, content_version, person_id),
  foreign key (tenant_id, request_id) references requests (tenant_id, id),
  foreign key (tenant_id, person_id) references people (tenant_id, id)
);

-- "It is still me": a password just entered, for one request in one version, once.
create table step_ups (
  tenant_id text not null,
  request_id uuid not null,
  content_version integer not null,
  person_id uuid not null,
  session_hash bytea not null,
  proved_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, request_id, content_version, person_id),
  foreign key (tenant_id, request_id) references requests (tenant_id, id),
  foreign key (tenant_id, person_id) references people (tenant_id, id)
);

-- A tool that nobody answered for: closed for that agent until a person lifts it or it ends.
create table blocks (
  tenant_id text not null,
  id uuid not null default new_id(),
  agent_id uuid not null,
  tool_id uuid not null,
  request_id uuid not null,
  created_at timestamptz not null,
  ends_at timestamptz not null,
  lifted_at timestamptz,
  lifted_by uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, agent_id) references agents (tenant_id, id),
  foreign key (tenant_id, tool_id) references tools (tenant_id, id),
  foreign key (tenant_id, request_id) references requests (tenant_id, id),
  foreign key (tenant_id, lifted_by) references people (tenant_id, id),
  check ((lifted_at is null) = (lifted_by is null))
);
create index blocks_live on blocks (tenant_id, agent_id, tool_id, ends_at) where lifted_at is null;

-- ------------------------------------------------------------------------------------- tenant tables: telling, watching

create table notices (
  tenant_id text not null,
  id uuid not null default new_id(),
  person_id uuid not null,
  kind text not null check (kind in ('unanswered')),
  request_id uuid not null,
  created_at timestamptz not null,
  seen_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, person_id, kind, request_id),
  foreign key (tenant_id, person_id) references people (tenant_id, id),
  foreign key (tenant_id, request_id) references requests (tenant_id, id)
);

create table subscriptions (
  tenant_id text not null,
  id uuid not null default new_id(),
  person_id uuid not null,
  session_hash bytea not null,
  endpoint text not null check (length(endpoint) <= 1000),
  p256dh text not null,
  auth text not null,
  label text not null default '',
  created_at timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  received_at timestamptz,
  unconfirmed integer not null default 0,
  primary key (tenant_id, id),
  unique (tenant_id, endpoint),
  foreign key (tenant_id, person_id) references people (tenant_id, id)
);
create index subscriptions_of_person on subscriptions (tenant_id, person_id);

-- What is to be told to whom. Written in the transaction of the event; delivered later, at most one duplicate per crash.
create table outbox (
  tenant_id text not null,
  id uuid not null default new_id(),
  channel text not null check (channel in ('push')),
  request_id uuid not null,
  level smallint not null,
  person_id uuid not null,
  created_at timestamptz not null,
  due_at timestamptz not null,
  attempts integer not null default 0,
  settled_at timestamptz,
  outcome text check (outcome in ('sent', 'failed', 'superseded', 'unreachable')),
  detail text,
  primary key (tenant_id, id),
  unique (tenant_id, request_id, level, person_id, channel),
  foreign key (tenant_id, request_id) references requests (tenant_id, id),
  foreign key (tenant_id, person_id) references people (tenant_id, id),
  check ((settled_at is null) = (outcome is null))
);
create index outbox_due on outbox (tenant_id, due_at) where settled_at is null;

create table deliveries (
  tenant_id text not null,
  id uuid not null default new_id(),
  outbox_id uuid not null,
  subscription_id uuid not null,
  attempt integer not null,
  at timestamptz not null,
  outcome text not null check (outcome in ('sent', 'gone', 'retry', 'failed')),
  status integer,
  primary key (tenant_id, id),
  foreign key (tenant_id, outbox_id) references outbox (tenant_id, id)
);
create index deliveries_of_outbox on deliveries (tenant_id, outbox_id);

-- NIST AU-3: what, when, who, on what, with which outcome. No foreign keys and no updates: a record outlives its subject.
create table audit_records (
  tenant_id text not null,
  id bigint generated always as identity,
  at timestamptz not null,
  event text not null,
  actor_kind actor_kind not null,
  actor_id text,
  agent_id uuid,
  tool_name text,
  action_type text,
  requested_scope text,
  granted_scope text,
  resource_id text,
  result_status result_status not null,
  session_id text,
  request_id uuid,
  revision integer,
  detail jsonb not null default '{}',
  -- The writing transaction, for the sealer to come: only records older than every running one get a sequence number.
  xid xid8 not null default pg_current_xact_id(),
  primary key (tenant_id, id)
);
-- One record per state change, and the request's life in order.
create unique index audit_of_request on audit_records (tenant_id, request_id, revision) where revision is not null;

-- ----------------------------------------------------------------------------------------------------- row-level security

do $$
declare v_table text;
begin
  foreach v_table in array array[
    'config_versions', 'people', 'invitations', 'agents', 'agent_keys', 'tools', 'tool_versions', 'grants', 'policies',
    'chains', 'chain_versions', 'requests', 'votes', 'step_ups', 'blocks', 'notices', 'subscriptions',
    'outbox', 'deliveries', 'audit_records']
  loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy tenant on %I using (tenant_id = current_tenant()) with check (tenant_id = current_tenant())', v_table);
  end loop;
end $$;

-- --------------------------------------------------------------------------------------------------------------- grants

grant usage on schema public to licet_app;
grant execute on function current_tenant(), new_id(), door_clock() to licet_app;

grant select on config_versions, people, invitations, agents, agent_keys, tools, tool_versions, grants, policies, chains,
  chain_versions, requests, votes, blocks, notices, outbox, deliveries, audit_records to licet_app;
-- Never the secrets of a device: only what its list shows.
grant select (tenant_id, id, person_id, label, created_at, sent_at, received_at, unconfirmed) on subscriptions to licet_app;

-- Plain configuration, until change control takes it over. Each write is recorded by the trigger below or fails.
grant insert on agents, tools, tool_versions, grants, policies, chains, chain_versions to licet_app;
grant update (owner_id, responsibility, out_of_scope, status) on agents to licet_app;
grant update (version, status) on tools, chains to licet_app;
grant update (revoked_at) on grants to licet_app;
grant update (name, roles) on people to licet_app;
