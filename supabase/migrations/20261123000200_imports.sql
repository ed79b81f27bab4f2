-- Imports as tickets with progress, feeds with their connectors, and photos that stay with a listing.

create table public.imports (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  event_id uuid not null references public.events on delete cascade,
  blueprint_id uuid references public.blueprints on delete set null,
  file_id uuid references public.blueprint_files on delete set null,
  connector_id uuid,
  source text not null check (length(source) between 1 and 200),
  mapping jsonb not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'done', 'failed', 'cancelled')),
  stage text not null default '' check (length(stage) <= 100),
  done bigint not null default 0,
  total bigint not null default 0,
  rows bigint not null default 0,
  report jsonb,
  problem jsonb,
  attempts int not null default 0,
  requested_by uuid,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((status in ('done', 'failed', 'cancelled')) = (ended_at is not null))
);
create index imports_event on public.imports (event_id, created_at desc);
create index imports_waiting on public.imports (created_at) where status in ('queued', 'running');

create table public.connectors (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  event_id uuid references public.events on delete cascade,
  blueprint_id uuid references public.blueprints on delete cascade,
  name text not null check (length(name) between 1 and 200),
  plan jsonb not null,
  mapping jsonb not null,
  has_secret boolean not null default false,
  state jsonb not null default '{}',  -- what makes the next run conditional: ETag, Last-Modified
  created_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (event_id is not null or blueprint_id is not null)
);
create unique index connectors_name on public.connectors (event_id, name) where event_id is not null;
create index connectors_blueprint on public.connectors (blueprint_id) where blueprint_id is not null;
alter table public.imports add constraint imports_connector
  foreign key (connector_id) references public.connectors on delete set null;

create table public.connector_runs (
  id uuid primary key default gen_random_uuid(),
  connector_id uuid not null references public.connectors on delete cascade,
  organization_id uuid not null,
  status text not null default 'running' check (status in ('running', 'done', 'unchanged', 'failed', 'cancelled')),
  pages int not null default 0,
  records bigint not null default 0,
  cursor jsonb,  -- where to go on after a process that died
  problem jsonb,
  requested_by uuid,
  lease_until timestamptz,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((status = 'running') = (ended_at is null))
);
create index connector_runs_connector on public.connector_runs (connector_id, started_at desc);
create unique index connector_runs_one on public.connector_runs (connector_id) where status = 'running';

-- Pages that were fetched, until they are imported. The system door alone reads them, and the secrets.
create table private.connector_pages (
  run_id uuid not null references public.connector_runs on delete cascade,
  number int not null,
  records jsonb not null,
  primary key (run_id, number)
);
create table private.connector_secrets (
  connector_id uuid primary key references public.connectors on delete cascade,
  sealed text not null,
  updated_at timestamptz not null default now()
);
alter table private.connector_pages enable row level security;
alter table private.connector_secrets enable row level security;

-- Pictures that people gave, by the seller's own number of the thing: imports bring rows, these stay.
create table public.attached_media (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  event_id uuid not null references public.events on delete cascade,
  external_id text not null check (length(external_id) between 1 and 200),
  position int not null default 0,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  width int not null check (width > 0),
  height int not null check (height > 0),
  phash text not null default '',
  alt text not null default '' check (length(alt) <= 300),
  variants jsonb not null default '[]',  -- [{url, width, height, type}], smallest first
  created_by uuid,
  created_at timestamptz not null default now(),
  unique (event_id, external_id, sha256)
);

do $$
declare
  name text;
begin
  foreach name in array array['imports', 'connectors', 'connector_runs', 'attached_media'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('revoke all on public.%I from anon, authenticated', name);
    execute format('grant select on public.%I to authenticated', name);
    execute format('create policy %I on public.%I for select to authenticated
                    using (organization_id in (select private.organizations_where(''view_config'')))', name || '_read', name);
  end loop;
end $$;

-- What is for sale changes: before a first version by whoever edits the document, afterwards by whoever may bring in sources.
create function private.demand_inventory(p_event uuid) returns public.events
language plpgsql stable security definer set search_path = '' as $$
declare
  event public.events;
begin
  select * into event from public.events e where e.id = p_event;
  perform private.demand(event.organization_id,
    case when event.current_version_id is null then 'edit_document' else 'modify_integrations' end);
  if event.id is null then perform private.fail(404, 'events.not_found'); end if;
  if event.status = 'closed' then perform private.fail(410, 'events.closed', jsonb_build_object('slug', event.slug)); end if;
  return event;
end $$;

create function private.request_import(
  p_event uuid, p_blueprint uuid, p_file uuid, p_connector uuid, p_source text, p_mapping jsonb
) returns public.imports
language plpgsql security definer set search_path = '' as $$
declare
  event public.events := private.demand_inventory(p_event);
  ticket public.imports;
begin
  if p_blueprint is not null and not exists (
       select from public.blueprints b where b.id = p_blueprint and b.organization_id = event.organization_id)
     or p_file is not null and not exists (
       select from public.blueprint_files f where f.id = p_file and f.organization_id = event.organization_id)
     or p_connector is not null and not exists (
       select from public.connectors c where c.id = p_connector and c.organization_id = event.organization_id) then
    perform private.fail(404, 'blueprints.no_such_file');
  end if;
  insert into public.imports (organization_id, event_id, blueprint_id, file_id, connector_id, source, mapping, requested_by)
  values (event.organization_id, event.id, p_blueprint, p_file, p_connector, p_source, p_mapping, auth.uid())
  returning * into ticket;
  perform private.record_fact('import.requested', jsonb_build_object('import_id', ticket.id, 'source', p_source),
                              event.organization_id, event.id);
  return ticket;
end $$;

create function private.cancel_import(p_import uuid) returns public.imports
language plpgsql security definer set search_path = '' as $$
declare
  ticket public.imports;
begin
  select * into ticket from public.imports i where i.id = p_import for update;
  perform private.demand_inventory(ticket.event_id);
  if ticket.status in ('queued', 'running') then
    update public.imports set status = 'cancelled', ended_at = now(), lease_until = null where id = ticket.id returning * into ticket;
  end if;
  return ticket;
end $$;

-- The three below are the system's own: no role is granted them.
create function private.claim_import(p_import uuid, p_seconds int) returns public.imports
language plpgsql security definer set search_path = '' as $$
declare
  ticket public.imports;
begin
  -- what killed three processes kills the fourth
  update public.imports set status = 'failed', ended_at = now(), lease_until = null,
    problem = jsonb_build_object('code', 'blueprints.reading_failed', 'facts', jsonb_build_object('file', source))
  where id = p_import and status = 'running' and lease_until < now() and attempts >= 3;
  update public.imports set status = 'running', attempts = attempts + 1, lease_until = now() + make_interval(secs => p_seconds)
  where id = p_import and (status = 'queued' or (status = 'running' and lease_until < now())) returning * into ticket;
  return ticket;
end $$;

-- Whether the import is still wanted.
create function private.note_import(p_import uuid, p_stage text, p_done bigint, p_total bigint, p_rows bigint, p_seconds int)
returns boolean
language sql security definer set search_path = '' as $$
  with noted as (
    update public.imports set stage = left(p_stage, 100), done = p_done, total = p_total, rows = p_rows,
      lease_until = now() + make_interval(secs => p_seconds)
    where id = p_import and status = 'running' returning 1)
  select exists (select from noted)
$$;

create function private.finish_import(p_import uuid, p_report jsonb, p_problem jsonb) returns public.imports
language sql security definer set search_path = '' as $$
  update public.imports set status = case when p_problem is null then 'done' else 'failed' end, report = p_report,
    problem = p_problem, ended_at = now(), lease_until = null
  where id = p_import and status = 'running' returning *
$$;

create function private.keep_connector(p_event uuid, p_blueprint uuid, p_name text, p_plan jsonb, p_mapping jsonb)
returns public.connectors
language plpgsql security definer set search_path = '' as $$
declare
  owner uuid;
  kept public.connectors;
begin
  if p_event is not null then
    owner := (private.demand_inventory(p_event)).organization_id;
    if p_blueprint is not null and not exists (
         select from public.blueprints b where b.id = p_blueprint and b.organization_id = owner) then
      perform private.fail(404, 'blueprints.no_such_blueprint');
    end if;
  else
    owner := (private.blueprint_for(p_blueprint)).organization_id;
  end if;
  update public.connectors c set plan = p_plan, mapping = p_mapping, updated_at = now(),
    event_id = coalesce(p_event, c.event_id),
    -- a secret was given for one host and one way to sign in: it does not travel to another, nor to another's token address
    has_secret = c.has_secret and (c.plan -> 'base_url', c.plan -> 'auth', c.plan -> 'extra_auth')
      is not distinct from (p_plan -> 'base_url', p_plan -> 'auth', p_plan -> 'extra_auth')
  where c.organization_id = owner and c.name = p_name
    and (c.event_id = p_event or (c.blueprint_id = p_blueprint and p_blueprint is not null))
  returning * into kept;
  if kept.id is null then
    insert into public.connectors (organization_id, event_id, blueprint_id, name, plan, mapping, created_by)
    values (owner, p_event, p_blueprint, p_name, p_plan, p_mapping, auth.uid()) returning * into kept;
  end if;
  if not kept.has_secret then delete from private.connector_secrets s where s.connector_id = kept.id; end if;
  perform private.record_fact('connector.kept', jsonb_build_object('connector_id', kept.id, 'name', p_name,
                              'base_url', p_plan ->> 'base_url'), owner, p_event);
  return kept;
end $$;

create function private.connector_for(p_connector uuid) returns public.connectors
language plpgsql security definer set search_path = '' as $$
declare
  found public.connectors;
begin
  select * into found from public.connectors c where c.id = p_connector for update;
  perform private.demand(found.organization_id, case when exists (
    select from public.events e where e.id = found.event_id and e.current_version_id is not null)
    then 'modify_integrations' else 'edit_document' end, 'blueprints.no_such_connector');
  if found.id is null then perform private.fail(404, 'blueprints.no_such_connector'); end if;
  return found;
end $$;

-- Keeps what the caller has sealed; null forgets it. Nobody reads it back but the connector at work.
create function private.seal_connector(p_connector uuid, p_sealed text) returns public.connectors
language plpgsql security definer set search_path = '' as $$
declare
  own public.connectors := private.connector_for(p_connector);
begin
  delete from private.connector_secrets s where s.connector_id = own.id;
  insert into private.connector_secrets (connector_id, sealed) select own.id, p_sealed where p_sealed is not null;
  update public.connectors set has_secret = p_sealed is not null, updated_at = now() where id = own.id returning * into own;
  perform private.record_fact('connector.sealed', jsonb_build_object('connector_id', own.id, 'has_secret', own.has_secret),
                              own.organization_id, own.event_id);
  return own;
end $$;

-- Begins a run, or gives back the one that a dead process left, with where it was; 409 while one is alive.
create function private.start_connector_run(p_connector uuid, p_seconds int) returns public.connector_runs
language plpgsql security definer set search_path = '' as $$
declare
  own public.connectors := private.connector_for(p_connector);
  run public.connector_runs;
begin
  select * into run from public.connector_runs r where r.connector_id = own.id and r.status = 'running' for update;
  if run.lease_until > now() then
    perform private.fail(409, 'blueprints.connector_running', jsonb_build_object('connector_id', own.id));
  elsif run.id is not null then
    update public.connector_runs set lease_until = now() + make_interval(secs => p_seconds) where id = run.id returning * into run;
  else
    insert into public.connector_runs (connector_id, organization_id, requested_by, lease_until)
    values (own.id, own.organization_id, auth.uid(), now() + make_interval(secs => p_seconds)) returning * into run;
  end if;
  return run;
end $$;

create function private.cancel_connector_run(p_run uuid) returns public.connector_runs
language plpgsql security definer set search_path = '' as $$
declare
  run public.connector_runs;
begin
  select * into run from public.connector_runs r where r.id = p_run;
  perform private.connector_for(run.connector_id);
  update public.connector_runs set status = 'cancelled', ended_at = now(), lease_until = null
  where id = p_run and status = 'running' returning * into run;
  return run;
end $$;

-- Attaches pictures to listings by external_id: [{external_id, position, sha256, width, height, phash, alt, variants}].
create function private.attach_media(p_event uuid, p_media jsonb) returns int
language plpgsql security definer set search_path = '' as $$
declare
  event public.events := private.demand_inventory(p_event);
  attached int;
begin
  insert into public.attached_media (organization_id, event_id, external_id, position, sha256, width, height, phash, alt, variants, created_by)
  select event.organization_id, event.id, m.external_id, coalesce(m.position, 0), m.sha256, m.width, m.height,
         coalesce(m.phash, ''), coalesce(m.alt, ''), m.variants, auth.uid()
  from jsonb_to_recordset(p_media) as m(external_id text, position int, sha256 text, width int, height int, phash text, alt text, variants jsonb)
  on conflict (event_id, external_id, sha256) do update set position = excluded.position, alt = excluded.alt,
    variants = excluded.variants, width = excluded.width, height = excluded.height;
  get diagnostics attached = row_count;
  perform private.apply_media(event.id);
  perform private.record_fact('media.attached', jsonb_build_object('pictures', attached), event.organization_id, event.id);
  return attached;
end $$;

-- Attached pictures first, then those the file names, each once. Runs after every import and after attaching.
create function private.apply_media(p_event uuid) returns int
language plpgsql security definer set search_path = '' as $$
declare
  changed int;
begin
  with own as (
    select a.external_id, jsonb_agg(jsonb_build_object(
        'url', a.variants -> -1 ->> 'url', 'alt', a.alt, 'width', a.width, 'height', a.height, 'variants', a.variants, 'attached', true)
        order by a.position, a.created_at) as media
    from public.attached_media a where a.event_id = p_event group by a.external_id
  ), wanted as (
    select l.id, coalesce(own.media, '[]') || coalesce((
        select jsonb_agg(m.value order by m.ordinality) from jsonb_array_elements(l.media) with ordinality m
        where not coalesce((m.value ->> 'attached')::boolean, false)), '[]') as media
    from public.listings l left join own on own.external_id = l.external_id
    where l.event_id = p_event and (own.external_id is not null or l.media @> '[{"attached": true}]')
  )
  update public.listings l set media = w.media from wanted w where w.id = l.id and l.media is distinct from w.media;
  get diagnostics changed = row_count;
  if changed > 0 then
    update public.events set catalogue_revision = catalogue_revision + 1 where id = p_event;
  end if;
  return changed;
end $$;

create function private.detach_media(p_event uuid, p_external_id text, p_sha256 text) returns int
language plpgsql security definer set search_path = '' as $$
declare
  event public.events := private.demand_inventory(p_event);
  gone int;
begin
  delete from public.attached_media a
  where a.event_id = event.id and a.external_id = p_external_id and (p_sha256 is null or a.sha256 = p_sha256);
  get diagnostics gone = row_count;
  perform private.apply_media(event.id);
  perform private.record_fact('media.detached', jsonb_build_object('external_id', p_external_id, 'pictures', gone),
                              event.organization_id, event.id);
  return gone;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.request_import(uuid, uuid, uuid, uuid, text, jsonb), private.cancel_import(uuid),
  private.keep_connector(uuid, uuid, text, jsonb, jsonb), private.seal_connector(uuid, text),
  private.start_connector_run(uuid, int), private.cancel_connector_run(uuid), private.attach_media(uuid, jsonb),
  private.detach_media(uuid, text, text) to authenticated;
