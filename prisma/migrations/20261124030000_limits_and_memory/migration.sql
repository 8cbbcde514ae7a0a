-- What is counted for limits and cumulative rules. Two fixed windows: the one before counts by as much of it as still lies
-- within the window that ends now, so a sliding limit is never exceeded (docs/policy.md, "Limits").
create table counters (
  tenant_id text not null,
  key text not null check (length(key) <= 400),
  window_start timestamptz not null default 'epoch',
  current numeric not null default 0 check (current >= 0),
  previous numeric not null default 0,
  -- sum: the currency that was added up. repeats: the call that was repeated.
  mark text,
  -- Calls refused in this window.
  refused integer not null default 0,
  touched_at timestamptz not null default 'epoch',
  primary key (tenant_id, key)
-- Changed by nearly every ask: no index on what changes and room in each page, so that the index is left alone (HOT).
) with (fillfactor = 50);

-- A "no", an expiry, or a withdrawal after somebody had opened it: what a retry meets (requirement C7).
create table memories (
  tenant_id text not null,
  id uuid not null default new_id(),
  agent_id uuid not null,
  -- SHA-256 over the tool and the decisive values.
  key sha256_digest not null,
  kind text not null check (kind in ('denied', 'expired', 'withdrawn')),
  level smallint not null,
  request_id uuid not null,
  created_at timestamptz not null,
  ends_at timestamptz not null,
  lifted_at timestamptz,
  lifted_by uuid,
  primary key (tenant_id, id),
  unique (tenant_id, request_id),
  foreign key (tenant_id, agent_id) references agents (tenant_id, id),
  foreign key (tenant_id, request_id) references requests (tenant_id, id),
  foreign key (tenant_id, lifted_by) references people (tenant_id, id),
  check ((lifted_at is null) = (lifted_by is null))
);
create index memories_live on memories (tenant_id, agent_id, key, ends_at) where lifted_at is null;

-- Who had a request open while it was pending.
create table openings (
  tenant_id text not null,
  request_id uuid not null,
  person_id uuid not null,
  at timestamptz not null,
  primary key (tenant_id, request_id, person_id),
  foreign key (tenant_id, request_id) references requests (tenant_id, id),
  foreign key (tenant_id, person_id) references people (tenant_id, id)
);

-- Every rule tried and why. Most calls of a tool are explained alike, so each explanation is kept once, by its digest.
create table explanations (
  tenant_id text not null,
  digest sha256_digest not null,
  body jsonb not null,
  primary key (tenant_id, digest)
);

alter table requests
  add column explanation bytea,
  add column memory_key bytea,
  -- Seconds for which a no will be remembered.
  add column memory_for integer,
  -- What was added to counters for it: given back unless it is approved.
  add column reserved jsonb,
  -- The request whose "no" this one meets again.
  add column again_of uuid;

alter table notices
  alter column request_id drop not null,
  add column detail jsonb not null default '{}',
  drop constraint notices_kind_check,
  add constraint notices_kind_check check (kind in ('unanswered', 'limited'));

do $$
declare v_table text;
begin
  foreach v_table in array array['counters', 'memories', 'openings', 'explanations'] loop
    execute format('alter table %I enable row level security', v_table);
    execute format('alter table %I force row level security', v_table);
    execute format('create policy tenant on %I using (tenant_id = current_tenant()) with check (tenant_id = current_tenant())', v_table);
  end loop;
end $$;
grant select on counters, memories, openings, explanations to licet_app;
