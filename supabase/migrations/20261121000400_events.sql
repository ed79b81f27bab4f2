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
  opens_at timestamptz,
  closes_at timestamptz,
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
-- versions come through private.publish_version alone: what is inserted is served, so it must have been compiled
create policy events_read on public.events for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));
create policy events_create on public.events for insert to authenticated
  with check (organization_id in (select private.organizations_of_actor('admin', 'operator')) and created_by = (select auth.uid()));
create policy events_change on public.events for update to authenticated
  using (organization_id in (select private.organizations_of_actor('admin', 'operator')))
  with check (organization_id in (select private.organizations_of_actor('admin', 'operator')));
create policy versions_read on public.event_versions for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));

-- The organization of a version is that of its event, whatever the writer says; numbers have no gaps and no twins.
create function private.check_version() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  event public.events;
begin
  -- no key update: an import holds the key shared for as long as it runs
  select * into event from public.events e where e.id = new.event_id for no key update;
  if event.id is null or event.organization_id <> new.organization_id then
    perform private.fail(404, 'events.not_found');
  elsif new.document ->> 'id' is distinct from event.slug then
    perform private.fail(422, 'events.wrong_document', jsonb_build_object('slug', event.slug, 'found', new.document ->> 'id'));
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
    opens_at = (new.document #>> '{dates,opens_at}')::timestamptz,
    closes_at = (new.document #>> '{dates,closes_at}')::timestamptz,
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

-- Publishes a compiled document for the caller, who must be an operator or admin; jobs of the owner have no role set.
create function private.publish_version(
  p_event uuid, p_number int, p_canonical text, p_source text, p_sha256 text, p_message text
) returns public.event_versions
language plpgsql security definer set search_path = '' as $$
declare
  owner uuid := (select e.organization_id from public.events e where e.id = p_event);
  published public.event_versions;
begin
  if coalesce(current_setting('role', true), 'none') in ('anon', 'authenticated') then
    if owner is null or owner not in (select private.organizations_of_actor()) then
      perform private.fail(404, 'events.not_found');
    elsif owner not in (select private.organizations_of_actor('admin', 'operator')) then
      perform private.fail(403, 'events.may_not_publish');
    end if;
  end if;
  insert into public.event_versions (event_id, organization_id, number, document, canonical, source, sha256, message, author_id)
  values (p_event, owner, p_number, p_canonical::jsonb, p_canonical, p_source, p_sha256, p_message, auth.uid())
  returning * into published;
  return published;
end $$;
grant execute on function private.publish_version(uuid, int, text, text, text, text) to authenticated;

-- What happens to an event is a fact, whoever does it and however; what is closed stays closed.
create function private.note_event() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    perform private.record_fact('event.created', jsonb_build_object('slug', new.slug, 'name', new.name), new.organization_id, new.id);
    return null;
  end if;
  if old.status = 'closed' then
    perform private.fail(409, 'events.closed_for_good', jsonb_build_object('slug', old.slug));
  end if;
  perform private.record_fact('event.status_changed', jsonb_build_object('slug', new.slug, 'from', old.status, 'to', new.status),
                              new.organization_id, new.id);
  return null;
end $$;
create trigger note_creation after insert on public.events for each row execute function private.note_event();
create trigger note_status after update of status on public.events
  for each row when (old.status is distinct from new.status) execute function private.note_event();

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
