-- Blueprints: a seller's samples, what was found in them, what people decided, and what a seller confirmed once.

create table public.blueprints (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations on delete cascade,
  event_id uuid references public.events on delete set null,  -- the draft event of its sandbox, or the event it is for
  for_event boolean not null default false,  -- begun for an event that exists: the next file of the same seller
  title text not null check (length(title) between 1 and 200),
  template text not null default '' check (length(template) <= 100),
  choices jsonb not null default '{}',
  document text check (octet_length(document) <= 1000000),  -- the proposed text once a person has edited it
  status text not null default 'open' check (status in ('open', 'previewed', 'waiting', 'published', 'discarded')),
  verdict text check (verdict in ('request_edits', 'reject')),
  reason text not null default '' check (length(reason) <= 2000),
  revision int not null default 1,
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_by uuid,
  updated_at timestamptz not null default now()
);
create index blueprints_organization on public.blueprints (organization_id, updated_at desc);
create index blueprints_event on public.blueprints (event_id) where event_id is not null;

create table public.blueprint_files (
  id uuid primary key default gen_random_uuid(),
  blueprint_id uuid not null references public.blueprints on delete cascade,
  organization_id uuid not null,
  kind text not null check (kind in ('sheet', 'report', 'feed', 'photo', 'screen', 'unknown')),
  name text not null check (length(name) between 1 and 300),
  media_type text not null default '' check (length(media_type) <= 200),
  bytes bigint not null check (bytes >= 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  path text not null check (length(path) <= 500),  -- in the private bucket
  position int not null,
  status text not null default 'waiting' check (status in ('waiting', 'reading', 'read', 'refused', 'cancelled')),
  stage text not null default '' check (length(stage) <= 100),
  done bigint not null default 0,
  total bigint not null default 0,
  lease_until timestamptz,
  attempts int not null default 0,
  findings jsonb,
  decisions jsonb not null default '{}',  -- column or path → what a person decided of it
  problem jsonb,
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (blueprint_id, sha256),
  check ((status = 'read') = (findings is not null)),
  check ((status = 'refused') = (problem is not null)),
  check (findings is null or pg_column_size(findings) <= 32000000)
);
create index blueprint_files_unread on public.blueprint_files (created_at) where status in ('waiting', 'reading');

create table public.clarifications (
  id uuid primary key default gen_random_uuid(),
  blueprint_id uuid not null references public.blueprints on delete cascade,
  organization_id uuid not null,
  said text not null check (length(said) between 1 and 2000),
  understood text not null default '' check (length(understood) <= 4000),
  changes jsonb not null default '[]',
  applied_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now()
);
create index clarifications_blueprint on public.clarifications (blueprint_id, created_at);

-- What a seller confirmed about a column, for the next file. `source` is the name of the list; '' is all of them.
create table public.remembered_columns (
  organization_id uuid not null references public.organizations on delete cascade,
  source text not null default '' check (length(source) <= 200),
  header text not null check (length(header) between 1 and 300),
  targets text[] not null default '{}',
  reason text check (reason in ('internal', 'personal', 'counter', 'empty', 'duplicate', 'unused')),
  entry jsonb not null default '{}',  -- its entry in a source mapping
  said text not null default '' check (length(said) <= 2000),
  times int not null default 1,
  confirmed_by uuid,
  confirmed_at timestamptz not null default now(),
  primary key (organization_id, source, header),
  check (cardinality(targets) = 0 or reason is null)
);

do $$
declare
  name text;
begin
  foreach name in array array['blueprints', 'blueprint_files', 'clarifications', 'remembered_columns'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('revoke all on public.%I from anon, authenticated', name);
    execute format('grant select on public.%I to authenticated', name);
    execute format('create policy %I on public.%I for select to authenticated
                    using (organization_id in (select private.organizations_where(''view_config'')))', name || '_read', name);
  end loop;
end $$;

-- The blueprint, locked, for somebody who may change it; for anybody else it does not exist or is refused by name.
create function private.blueprint_for(p_blueprint uuid) returns public.blueprints
language plpgsql security definer set search_path = '' as $$
declare
  found public.blueprints;
begin
  select * into found from public.blueprints b where b.id = p_blueprint for update;
  perform private.demand(found.organization_id, 'edit_document', 'blueprints.no_such_blueprint');
  if found.id is null then
    perform private.fail(404, 'blueprints.no_such_blueprint');
  elsif found.status in ('published', 'discarded') then
    perform private.fail(409, 'blueprints.is_over', jsonb_build_object('status', found.status));
  end if;
  return found;
end $$;

create function private.touched_blueprint(p_blueprint uuid) returns public.blueprints
language sql security definer set search_path = '' as $$
  update public.blueprints b set revision = b.revision + 1, updated_at = now(), updated_by = auth.uid(),
    status = case when b.status = 'waiting' then 'previewed' else b.status end, verdict = null, reason = ''
  where b.id = p_blueprint returning *
$$;

create function private.open_blueprint(p_organization uuid, p_title text, p_template text, p_event uuid default null)
returns public.blueprints
language plpgsql security definer set search_path = '' as $$
declare
  opened public.blueprints;
begin
  perform private.demand(p_organization, 'edit_document', 'identity.no_such_organization');
  if p_event is not null and not exists (
    select from public.events e where e.id = p_event and e.organization_id = p_organization) then
    perform private.fail(404, 'events.not_found');
  end if;
  insert into public.blueprints (organization_id, event_id, for_event, title, template, created_by, updated_by)
  values (p_organization, p_event, p_event is not null, p_title, coalesce(p_template, ''), auth.uid(), auth.uid())
  returning * into opened;
  perform private.record_fact('blueprint.opened', jsonb_build_object('blueprint_id', opened.id, 'title', opened.title),
                              p_organization, p_event);
  return opened;
end $$;

-- Title, template, choices, edited text: only what is given changes.
create function private.change_blueprint(p_blueprint uuid, p_revision int, p_changes jsonb) returns public.blueprints
language plpgsql security definer set search_path = '' as $$
declare
  own public.blueprints := private.blueprint_for(p_blueprint);
begin
  if own.revision <> p_revision then
    perform private.fail(409, 'blueprints.stale', jsonb_build_object('revision', own.revision));
  end if;
  update public.blueprints b set
    title = coalesce(p_changes ->> 'title', b.title),
    template = coalesce(p_changes ->> 'template', b.template),
    choices = case when p_changes ? 'choices' then b.choices || (p_changes -> 'choices') else b.choices end,
    document = case when p_changes ? 'document' then p_changes ->> 'document' else b.document end
  where b.id = own.id;
  return private.touched_blueprint(own.id);
end $$;

-- The same bytes a second time are the same file.
create function private.add_blueprint_file(
  p_blueprint uuid, p_kind text, p_name text, p_media_type text, p_bytes bigint, p_sha256 text, p_path text
) returns public.blueprint_files
language plpgsql security definer set search_path = '' as $$
declare
  own public.blueprints := private.blueprint_for(p_blueprint);
  added public.blueprint_files;
  files int;
  size numeric;
begin
  select * into added from public.blueprint_files f where f.blueprint_id = own.id and f.sha256 = p_sha256;
  if added.id is not null then return added; end if;
  select count(*), coalesce(sum(f.bytes), 0) into files, size from public.blueprint_files f where f.blueprint_id = own.id;
  if files >= 60 then
    perform private.fail(409, 'blueprints.too_many_files', jsonb_build_object('limit', 60));
  elsif size + p_bytes > 500 * 1024 * 1024::numeric then
    perform private.fail(409, 'blueprints.too_much', jsonb_build_object('limit_bytes', 500 * 1024 * 1024));
  end if;
  insert into public.blueprint_files (blueprint_id, organization_id, kind, name, media_type, bytes, sha256, path, position, created_by)
  values (own.id, own.organization_id, p_kind, p_name, coalesce(p_media_type, ''), p_bytes, p_sha256, p_path,
          (select coalesce(max(f.position), 0) + 1 from public.blueprint_files f where f.blueprint_id = own.id), auth.uid())
  returning * into added;
  perform private.touched_blueprint(own.id);
  return added;
end $$;

create function private.blueprint_file_for(p_file uuid) returns public.blueprint_files
language plpgsql security definer set search_path = '' as $$
declare
  found public.blueprint_files;
begin
  select * into found from public.blueprint_files f where f.id = p_file for update;
  perform private.demand(found.organization_id, 'edit_document', 'blueprints.no_such_file');
  if found.id is null then perform private.fail(404, 'blueprints.no_such_file'); end if;
  return found;
end $$;

-- Takes a file to read it, for as long as the lease lasts; null where somebody else reads it or it needs no reading.
create function private.claim_blueprint_file(p_file uuid, p_seconds int) returns public.blueprint_files
language plpgsql security definer set search_path = '' as $$
declare
  own public.blueprint_files := private.blueprint_file_for(p_file);
begin
  if not (own.status = 'waiting' or (own.status = 'reading' and own.lease_until < now())) then return null; end if;
  if own.attempts >= 4 then
    update public.blueprint_files set status = 'refused', lease_until = null, updated_at = now(),
      problem = jsonb_build_object('code', 'blueprints.reading_failed', 'facts', jsonb_build_object('file', own.name))
    where id = own.id;
    return null;
  end if;
  update public.blueprint_files set status = 'reading', stage = '', done = 0, total = 0, attempts = attempts + 1,
    lease_until = now() + make_interval(secs => p_seconds), updated_at = now()
  where id = own.id returning * into own;
  return own;
end $$;

-- Says how far reading has come, renews the lease, and learns whether it is still wanted.
create function private.note_blueprint_file(p_file uuid, p_stage text, p_done bigint, p_total bigint, p_seconds int)
returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  own public.blueprint_files := private.blueprint_file_for(p_file);
begin
  if own.status <> 'reading' then return false; end if;
  update public.blueprint_files set stage = left(p_stage, 100), done = p_done, total = p_total,
    lease_until = now() + make_interval(secs => p_seconds), updated_at = now()
  where id = own.id;
  return true;
end $$;

create function private.finish_blueprint_file(p_file uuid, p_kind text, p_findings jsonb, p_problem jsonb)
returns public.blueprint_files
language plpgsql security definer set search_path = '' as $$
declare
  own public.blueprint_files := private.blueprint_file_for(p_file);
begin
  if own.status <> 'reading' then return own; end if;  -- cancelled meanwhile: the result is not wanted
  update public.blueprint_files f set status = case when p_problem is null then 'read' else 'refused' end,
    kind = coalesce(p_kind, f.kind), findings = case when p_problem is null then coalesce(p_findings, '{}') end,
    problem = p_problem, lease_until = null, stage = '', updated_at = now()
  where f.id = own.id returning * into own;
  perform private.touched_blueprint(own.blueprint_id);
  return own;
end $$;

-- `cancel`, `retry` or `remove` one file.
create function private.steer_blueprint_file(p_file uuid, p_verb text) returns public.blueprint_files
language plpgsql security definer set search_path = '' as $$
declare
  own public.blueprint_files := private.blueprint_file_for(p_file);
  blueprint public.blueprints := private.blueprint_for(own.blueprint_id);
begin
  if p_verb = 'remove' then
    delete from public.blueprint_files where id = own.id;
  elsif p_verb = 'cancel' and own.status in ('waiting', 'reading') then
    update public.blueprint_files set status = 'cancelled', lease_until = null, updated_at = now()
    where id = own.id returning * into own;
  elsif p_verb = 'retry' and own.status in ('cancelled', 'refused', 'read') then
    update public.blueprint_files set status = 'waiting', problem = null, findings = null, attempts = 0, updated_at = now()
    where id = own.id returning * into own;
  end if;
  perform private.touched_blueprint(blueprint.id);
  return own;
end $$;

-- Decisions about columns of one file: merged name by name, a null takes one back.
create function private.decide_blueprint_file(p_file uuid, p_revision int, p_decisions jsonb) returns public.blueprints
language plpgsql security definer set search_path = '' as $$
declare
  own public.blueprint_files := private.blueprint_file_for(p_file);
  blueprint public.blueprints := private.blueprint_for(own.blueprint_id);
begin
  if blueprint.revision <> p_revision then
    perform private.fail(409, 'blueprints.stale', jsonb_build_object('revision', blueprint.revision));
  end if;
  update public.blueprint_files f set decisions = jsonb_strip_nulls(f.decisions || p_decisions), updated_at = now()
  where f.id = own.id;
  perform private.record_fact('blueprint.decided',
    jsonb_build_object('blueprint_id', blueprint.id, 'file_id', own.id, 'decisions', p_decisions),
    blueprint.organization_id, blueprint.event_id);
  return private.touched_blueprint(blueprint.id);
end $$;

create function private.keep_clarification(p_blueprint uuid, p_said text, p_understood text, p_changes jsonb)
returns public.clarifications
language plpgsql security definer set search_path = '' as $$
declare
  own public.blueprints := private.blueprint_for(p_blueprint);
  kept public.clarifications;
begin
  insert into public.clarifications (blueprint_id, organization_id, said, understood, changes, created_by)
  values (own.id, own.organization_id, p_said, p_understood, p_changes, auth.uid()) returning * into kept;
  return kept;
end $$;

create function private.apply_clarification(p_clarification uuid) returns public.clarifications
language plpgsql security definer set search_path = '' as $$
declare
  kept public.clarifications;
begin
  select * into kept from public.clarifications c where c.id = p_clarification for update;
  if kept.id is null then perform private.fail(404, 'blueprints.no_such_clarification'); end if;
  perform private.blueprint_for(kept.blueprint_id);
  if kept.applied_at is not null then
    perform private.fail(409, 'blueprints.already_applied');
  end if;
  update public.clarifications set applied_at = now() where id = kept.id returning * into kept;
  return kept;
end $$;

create function private.remember_column(
  p_organization uuid, p_source text, p_header text, p_targets text[], p_reason text, p_entry jsonb, p_said text
) returns public.remembered_columns
language plpgsql security definer set search_path = '' as $$
declare
  kept public.remembered_columns;
begin
  perform private.demand(p_organization, 'edit_document', 'identity.no_such_organization');
  insert into public.remembered_columns (organization_id, source, header, targets, reason, entry, said, confirmed_by)
  values (p_organization, coalesce(p_source, ''), p_header, p_targets, p_reason, coalesce(p_entry, '{}'), coalesce(p_said, ''), auth.uid())
  on conflict (organization_id, source, header) do update set
    times = case when remembered_columns.targets = excluded.targets
                  and remembered_columns.reason is not distinct from excluded.reason then remembered_columns.times + 1 else 1 end,
    targets = excluded.targets, reason = excluded.reason, entry = excluded.entry, said = excluded.said,
    confirmed_by = excluded.confirmed_by, confirmed_at = now()
  returning * into kept;
  return kept;
end $$;

create function private.forget_column(p_organization uuid, p_source text, p_header text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform private.demand(p_organization, 'edit_document', 'identity.no_such_organization');
  delete from public.remembered_columns r
  where r.organization_id = p_organization and r.source = coalesce(p_source, '') and r.header = p_header;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.open_blueprint(uuid, text, text, uuid), private.change_blueprint(uuid, int, jsonb),
  private.add_blueprint_file(uuid, text, text, text, bigint, text, text), private.claim_blueprint_file(uuid, int),
  private.note_blueprint_file(uuid, text, bigint, bigint, int), private.finish_blueprint_file(uuid, text, jsonb, jsonb),
  private.steer_blueprint_file(uuid, text), private.decide_blueprint_file(uuid, int, jsonb),
  private.keep_clarification(uuid, text, text, jsonb), private.apply_clarification(uuid),
  private.remember_column(uuid, text, text, text[], text, jsonb, text), private.forget_column(uuid, text, text) to authenticated;
