-- Drafts, their reviews, branches, previews, flags, and how an organization approves. Written by functions alone.

create table public.branches (
  id uuid primary key default gen_random_uuid(),
  event_id uuid not null references public.events on delete restrict,
  organization_id uuid not null,
  name text not null check (name ~ '^[a-z0-9][a-z0-9._/-]{0,62}$' and name <> 'main'),
  description text not null default '' check (length(description) <= 500),
  status text not null default 'active' check (status in ('active', 'merged', 'closed')),
  base_version_id uuid not null references public.event_versions,  -- what main was when they last agreed
  head_number int not null default 0,
  created_by uuid,
  created_at timestamptz not null default now()
);
create unique index branches_name on public.branches (event_id, name) where status = 'active';

create table public.branch_versions (
  id uuid primary key default gen_random_uuid(),
  branch_id uuid not null references public.branches on delete restrict,
  event_id uuid not null,
  organization_id uuid not null,
  number int not null check (number > 0),
  source text not null check (octet_length(source) <= 1000000),
  canonical text not null,
  sha256 text not null,
  message text not null default '' check (length(message) <= 500),
  author_id uuid,
  created_at timestamptz not null default now(),
  unique (branch_id, number),
  constraint branch_canonical_matches_hash check (encode(sha256(convert_to(canonical, 'UTF8')), 'hex') = sha256)
);
create trigger refuse_change before update or delete on public.branch_versions
  for each row execute function private.refuse_change();
create trigger refuse_truncate before truncate on public.branch_versions execute function private.refuse_change();

create table public.drafts (
  id uuid primary key default gen_random_uuid(),
  event_id uuid not null references public.events on delete cascade,
  organization_id uuid not null,
  title text not null default '' check (length(title) <= 200),
  source text not null check (octet_length(source) <= 1000000),
  canonical text,  -- null while the source has errors; such a draft can be kept, not submitted
  sha256 text,
  base_version_id uuid references public.event_versions,  -- what it was begun from; null before a first version
  branch_id uuid references public.branches,
  branch_number int,
  origin text not null default 'edit' check (origin in ('edit', 'merge', 'rollback', 'clone', 'assistant', 'publish')),
  status text not null default 'open'
    check (status in ('open', 'in_review', 'approved', 'published', 'rejected', 'discarded')),
  revision int not null default 1,
  message text not null default '' check (length(message) <= 500),
  risk text,
  radius jsonb,
  author_id uuid,
  contributors uuid[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by uuid,
  submitted_at timestamptz,
  expires_at timestamptz not null,
  published_version_id uuid references public.event_versions,
  check ((canonical is null) = (sha256 is null)),
  constraint draft_canonical_matches_hash
    check (canonical is null or encode(sha256(convert_to(canonical, 'UTF8')), 'hex') = sha256),
  check ((status = 'published') = (published_version_id is not null))
);
create index drafts_event on public.drafts (event_id, updated_at desc);
create index drafts_waiting on public.drafts (organization_id) where status in ('in_review', 'approved');

create table public.draft_reviews (
  id uuid primary key default gen_random_uuid(),
  draft_id uuid not null references public.drafts on delete cascade,
  organization_id uuid not null,
  reviewer_id uuid not null,
  verdict text not null check (verdict in ('approve', 'request_edits', 'reject')),
  reason text not null default '' check (length(reason) <= 2000),
  revision int not null,
  sha256 text not null,
  base_version_id uuid,
  created_at timestamptz not null default now()
);
create index draft_reviews_draft on public.draft_reviews (draft_id, created_at);
create trigger refuse_change before update on public.draft_reviews
  for each row execute function private.refuse_change();

create table public.approval_policies (
  organization_id uuid primary key references public.organizations on delete cascade,
  low int not null default 0 check (low between 0 and 5),
  medium int not null default 1 check (medium between 0 and 5),
  high int not null default 2 check (high between 0 and 5),
  high_needs_admin boolean not null default true,
  escalate_conversations int not null default 200 check (escalate_conversations > 0),
  escalate_holds int not null default 20 check (escalate_holds > 0),
  draft_days int not null default 7 check (draft_days between 1 and 90),
  updated_by uuid,
  updated_at timestamptz not null default now(),
  check (low <= medium and medium <= high)
);

create table public.organization_flags (
  organization_id uuid not null references public.organizations on delete cascade,
  name text not null check (name ~ '^[a-z][a-z0-9_]{0,59}$'),
  is_on boolean not null,
  note text not null default '' check (length(note) <= 500),
  updated_by uuid,
  updated_at timestamptz not null default now(),
  primary key (organization_id, name)
);
alter table public.organizations add column flags_revision bigint not null default 0;

create table public.previews (
  id uuid primary key default gen_random_uuid(),
  event_id uuid not null references public.events on delete cascade,
  organization_id uuid not null,
  draft_id uuid references public.drafts on delete set null,
  document jsonb not null,
  sha256 text not null,
  results jsonb not null default '{}',
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '1 hour'
);
create index previews_expiry on public.previews (expires_at);

-- `configs/latest` is a question, not an event.
alter table public.events add constraint slug_is_no_route
  check (slug not in ('latest', 'drafts', 'approvals', 'previews', 'validate'));

do $$
declare
  name text;
begin
  foreach name in array array['branches', 'branch_versions', 'drafts', 'draft_reviews', 'approval_policies',
                              'organization_flags', 'previews'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('revoke all on public.%I from anon, authenticated', name);
    execute format('grant select on public.%I to authenticated', name);
    execute format('create policy %I on public.%I for select to authenticated
                    using (organization_id in (select private.organizations_where(''view_config'')))', name || '_read', name);
  end loop;
end $$;

-- What a version came from, and what it meant when it was published.
alter table public.event_versions
  add column kind text not null default 'publish' check (kind in ('publish', 'lever', 'rollback', 'auto_rollback')),
  add column risk text not null default 'none',
  add column reloads text[] not null default '{}',
  add column draft_id uuid references public.drafts,
  add column based_on uuid references public.event_versions,
  add column restores uuid references public.event_versions,
  add column baseline_id uuid references public.event_versions,  -- the last version that passed the gate: levers are measured from it
  add column approvals jsonb not null default '[]',
  add column gone jsonb not null default '[]',
  add column carry text check (carry in ('drain', 'migrate', 'force')),
  add column renames jsonb not null default '{}',
  add column reason text not null default '' check (length(reason) <= 500);

-- How the organization approves; one that never said so has the defaults.
create function private.approval_policy(p_organization uuid) returns public.approval_policies
language plpgsql stable security definer set search_path = '' as $$
declare
  policy public.approval_policies;
begin
  select * into policy from public.approval_policies p where p.organization_id = p_organization;
  if policy.organization_id is null then
    policy := (p_organization, 0, 1, 2, true, 200, 20, 7, null, now());
  end if;
  return policy;
end $$;

create function private.read_approval_policy(p_organization uuid) returns public.approval_policies
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.demand(p_organization, 'view_config', 'identity.no_such_organization');
  return private.approval_policy(p_organization);
end $$;

create function private.set_approval_policy(p_organization uuid, p_policy jsonb) returns public.approval_policies
language plpgsql security definer set search_path = '' as $$
declare
  before public.approval_policies := private.approval_policy(p_organization);
  after public.approval_policies;
begin
  perform private.demand(p_organization, 'manage_permissions', 'identity.no_such_organization');
  after := jsonb_populate_record(before, p_policy - array['organization_id', 'updated_by', 'updated_at']);
  -- fewer eyes than before: for an admin who may decide on everything
  if (after.low < before.low or after.medium < before.medium or after.high < before.high
      or (before.high_needs_admin and not after.high_needs_admin)
      or after.escalate_conversations > before.escalate_conversations or after.escalate_holds > before.escalate_holds)
     and not private.acts_as_system()
     and not exists (select from public.members m where m.organization_id = p_organization and m.user_id = auth.uid() and m.role = 'admin'
                     and private.permissions_of(m.role::text, m.permissions) ->> 'max_risk_level' = 'high') then
    perform private.fail(403, 'identity.above_yourself');
  end if;
  insert into public.approval_policies
  values (p_organization, after.low, after.medium, after.high, after.high_needs_admin, after.escalate_conversations,
          after.escalate_holds, after.draft_days, auth.uid(), now())
  on conflict (organization_id) do update set
    low = excluded.low, medium = excluded.medium, high = excluded.high, high_needs_admin = excluded.high_needs_admin,
    escalate_conversations = excluded.escalate_conversations, escalate_holds = excluded.escalate_holds,
    draft_days = excluded.draft_days, updated_by = excluded.updated_by, updated_at = excluded.updated_at
  returning * into after;
  perform private.record_fact('approval_policy.changed',
    jsonb_build_object('before', to_jsonb(before), 'after', to_jsonb(after)), p_organization);
  return after;
end $$;

-- Turns a flag of the whole organization on or off, or (null) leaves it to each event again; every process hears of it, and the poll finds it by its revision.
create function private.set_flag(p_organization uuid, p_name text, p_is_on boolean, p_note text) returns public.organization_flags
language plpgsql security definer set search_path = '' as $$
declare
  flag public.organization_flags;
  event record;
begin
  perform private.demand(p_organization, 'move_levers', 'identity.no_such_organization');
  delete from public.organization_flags f where f.organization_id = p_organization and f.name = p_name and p_is_on is null;
  insert into public.organization_flags (organization_id, name, is_on, note, updated_by)
  select p_organization, p_name, p_is_on, coalesce(p_note, ''), auth.uid() where p_is_on is not null
  on conflict (organization_id, name) do update
    set is_on = excluded.is_on, note = excluded.note, updated_by = excluded.updated_by, updated_at = now()
  returning * into flag;
  update public.organizations set flags_revision = flags_revision + 1 where id = p_organization;
  perform private.record_fact('flag.set', jsonb_build_object('name', p_name, 'is_on', p_is_on, 'note', p_note), p_organization);
  for event in select e.id, e.slug from public.events e
               where e.organization_id = p_organization and e.status in ('live', 'paused') loop
    perform realtime.send(jsonb_build_object('event_id', event.id, 'slug', event.slug), 'event_changed', 'versions', true);
  end loop;
  return flag;
end $$;

-- A result that staff may look at for an hour. Whoever may read the document may try it out.
create function private.keep_preview(p_event uuid, p_draft uuid, p_document jsonb, p_sha256 text, p_results jsonb)
returns public.previews
language plpgsql security definer set search_path = '' as $$
declare
  owner uuid := (select e.organization_id from public.events e where e.id = p_event);
  kept public.previews;
begin
  perform private.demand(owner, 'view_config');
  if p_draft is not null and not exists (select from public.drafts d where d.id = p_draft and d.event_id = p_event) then
    perform private.fail(404, 'events.no_such_draft');
  end if;
  delete from public.previews p where p.expires_at < now();
  insert into public.previews (event_id, organization_id, draft_id, document, sha256, results, created_by)
  values (p_event, owner, p_draft, p_document, p_sha256, p_results, auth.uid()) returning * into kept;
  return kept;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.read_approval_policy(uuid), private.set_approval_policy(uuid, jsonb),
  private.set_flag(uuid, text, boolean, text), private.keep_preview(uuid, uuid, jsonb, text, jsonb) to authenticated;
