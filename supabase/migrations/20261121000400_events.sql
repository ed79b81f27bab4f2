-- A Sales Event and its immutable versions.

create table public.events (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations on delete restrict,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
  name text not null check (length(name) between 1 and 200),
  status text not null default 'draft' check (status in ('draft', 'live', 'paused', 'closed')),
  current_version_id uuid,
  -- live settings, copied from the version in force so that a hold reads one narrow row
  hold_ttl_s int not null default 1440 check (hold_ttl_s between 30 and 604800),
  hold_limit int not null default 2 check (hold_limit between 1 and 100),
  deposit_required boolean not null default false,
  catalogue_revision bigint not null default 0,
  created_by uuid,
  created_at timestamptz not null default now()
);
create index events_organization on public.events (organization_id);

create table public.event_versions (
  id uuid primary key default gen_random_uuid(),
  event_id uuid not null references public.events on delete restrict,
  organization_id uuid not null,
  number int not null check (number > 0),
  document jsonb not null,
  canonical text not null,  -- the bytes that were hashed
  source text not null,     -- as the author wrote it, comments included
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  message text not null default '' check (length(message) <= 500),
  author_id uuid,
  created_at timestamptz not null default now(),
  unique (event_id, number),
  constraint canonical_matches_hash check (encode(sha256(convert_to(canonical, 'UTF8')), 'hex') = sha256),
  constraint canonical_matches_document check (canonical::jsonb = document)
);
alter table public.events add constraint events_current_version
  foreign key (current_version_id) references public.event_versions;

create trigger refuse_change before update or delete on public.event_versions
  for each row execute function private.refuse_change();
create trigger refuse_truncate before truncate on public.event_versions
  execute function private.refuse_change();

alter table public.events enable row level security;
alter table public.event_versions enable row level security;
revoke all on public.events, public.event_versions from anon, authenticated;

grant select on public.events, public.event_versions to authenticated;
grant insert (organization_id, slug, name, created_by), update (name, status) on public.events to authenticated;
grant insert (event_id, organization_id, number, document, canonical, source, sha256, message, author_id)
  on public.event_versions to authenticated;

create policy events_read on public.events for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));
create policy events_create on public.events for insert to authenticated
  with check (organization_id in (select private.organizations_of_actor('admin', 'operator')) and created_by = (select auth.uid()));
create policy events_change on public.events for update to authenticated
  using (organization_id in (select private.organizations_of_actor('admin', 'operator')))
  with check (organization_id in (select private.organizations_of_actor('admin', 'operator')));
create policy versions_read on public.event_versions for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));
create policy versions_publish on public.event_versions for insert to authenticated
  with check (organization_id in (select private.organizations_of_actor('admin', 'operator')) and author_id = (select auth.uid()));

-- The organization of a version is that of its event, whatever the writer says; numbers have no gaps and no twins.
create function private.check_version() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  event public.events;
begin
  select * into event from public.events e where e.id = new.event_id for update;
  if event.id is null or event.organization_id <> new.organization_id then
    perform private.fail(404, 'events.not_found');
  elsif event.status = 'closed' then
    perform private.fail(410, 'events.closed', jsonb_build_object('slug', event.slug));
  end if;
  if new.number <> 1 + coalesce((select max(v.number) from public.event_versions v where v.event_id = new.event_id), 0) then
    perform private.fail(409, 'events.version_taken', jsonb_build_object('number', new.number));
  end if;
  return new;
end $$;
create trigger check_version before insert on public.event_versions
  for each row execute function private.check_version();

-- Publishing is the insert: the same commit puts the version in force and tells every process and the staff.
create function private.activate_version() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  notice jsonb;
  event_slug text;
begin
  update public.events e set
    current_version_id = new.id,
    name = coalesce(new.document ->> 'name', e.name),
    status = case when e.status = 'draft' then 'live' else e.status end,
    hold_ttl_s = coalesce((new.document #>> '{conversion,hold_minutes}')::numeric * 60, e.hold_ttl_s)::int,
    hold_limit = coalesce((new.document #>> '{conversion,hold_limit}')::int, e.hold_limit),
    deposit_required = coalesce((new.document #>> '{conversion,deposit_required}')::boolean, e.deposit_required)
  where e.id = new.event_id returning e.slug into event_slug;
  notice := jsonb_build_object('event_id', new.event_id, 'slug', event_slug, 'version_id', new.id,
                               'number', new.number, 'sha256', new.sha256);
  perform private.record_fact('event.published', notice || jsonb_build_object('message', new.message),
                              new.organization_id, new.event_id);
  perform realtime.send(notice, 'version_published', 'versions', true);
  perform realtime.send(notice, 'version_published', 'event:' || new.event_id, true);
  perform realtime.send(notice, 'version_published', 'organization:' || new.organization_id, true);
  return null;
end $$;
create trigger activate_version after insert on public.event_versions
  for each row execute function private.activate_version();

-- What every process serves: the version in force of each open event. Read by the application alone.
create function private.served_versions(p_event uuid default null)
returns table (event_id uuid, organization_id uuid, slug text, status text, catalogue_revision bigint,
               version_id uuid, number int, sha256 text, created_at timestamptz, document jsonb)
language sql stable security definer set search_path = '' as $$
  select e.id, e.organization_id, e.slug, e.status, e.catalogue_revision, v.id, v.number, v.sha256, v.created_at, v.document
  from public.events e join public.event_versions v on v.id = e.current_version_id
  where e.status in ('live', 'paused') and (p_event is null or e.id = p_event)
$$;

-- A cheap probe for the poll that catches a lost message: which version is in force where.
create function private.served_heads()
returns table (event_id uuid, version_id uuid, status text, catalogue_revision bigint)
language sql stable security definer set search_path = '' as $$
  select e.id, e.current_version_id, e.status, e.catalogue_revision from public.events e where e.status in ('live', 'paused')
$$;

-- One version that a conversation pinned, in force or not.
create function private.pinned_version(p_version uuid)
returns table (event_id uuid, organization_id uuid, slug text, status text, catalogue_revision bigint,
               version_id uuid, number int, sha256 text, created_at timestamptz, document jsonb)
language sql stable security definer set search_path = '' as $$
  select e.id, e.organization_id, e.slug, e.status, e.catalogue_revision, v.id, v.number, v.sha256, v.created_at, v.document
  from public.event_versions v join public.events e on e.id = v.event_id where v.id = p_version
$$;
grant execute on function private.served_versions(uuid), private.served_heads(), private.pinned_version(uuid)
  to anon, authenticated;
