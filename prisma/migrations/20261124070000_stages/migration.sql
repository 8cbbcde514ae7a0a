-- What an agent may be trusted with (requirement A8). Those that exist already keep what they could do; the others start in trial.
alter table agents
  add column stage text not null default 'production' check (stage in ('trial', 'production')),
  add column stage_since timestamptz not null default clock_timestamp(),
  -- Checks that were not met when it was promoted, each with the reason somebody signed.
  add column stage_exceptions jsonb not null default '[]';
alter table agents alter column stage set default 'trial';
grant update (stage, stage_since, stage_exceptions) on agents to licet_app;
