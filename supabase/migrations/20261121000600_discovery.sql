-- Conversations: one session per buyer and event, pinned to a version; its turns.

create table public.sessions (
  id uuid primary key default gen_random_uuid(),
  event_id uuid not null references public.events on delete cascade,
  organization_id uuid not null,
  version_id uuid not null references public.event_versions,
  buyer_user_id uuid references auth.users on delete set null,
  state jsonb not null default '{}',
  arms jsonb not null default '{}',
  turn_count int not null default 0,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  first_match_at timestamptz
);
create index sessions_event on public.sessions (event_id, created_at desc);
create index sessions_version on public.sessions (version_id);

create table public.turns (
  id bigint generated always as identity primary key,
  session_id uuid not null references public.sessions on delete cascade,
  event_id uuid not null,
  organization_id uuid not null,
  number int not null,
  message text not null check (length(message) <= 8000),
  reply text not null,
  understanding jsonb not null default '{}',
  tiles jsonb not null default '[]',
  answer jsonb not null default '{}',   -- the whole answer as it was given, for a repeated request
  idempotency_key text not null check (length(idempotency_key) between 1 and 200),
  took_ms real,
  created_at timestamptz not null default now(),
  unique (session_id, number),
  unique (session_id, idempotency_key)
);
create index turns_event on public.turns (event_id, created_at desc);

alter table public.sessions enable row level security;
alter table public.turns enable row level security;
revoke all on public.sessions, public.turns from anon, authenticated;
grant select on public.sessions, public.turns to anon, authenticated;

create policy sessions_own on public.sessions for select to anon using (id = (select private.session_id()));
create policy sessions_read on public.sessions for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));
create policy turns_own on public.turns for select to anon using (session_id = (select private.session_id()));
create policy turns_read on public.turns for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));

-- Opens a conversation on the version in force. A paused, closed or unknown event has none.
create function private.open_session(p_event_slug text, p_version uuid, p_state jsonb, p_arms jsonb)
returns public.sessions
language plpgsql security definer set search_path = '' as $$
declare
  event public.events;
  opened public.sessions;
begin
  select * into event from public.events e where e.slug = p_event_slug;
  if event.id is null or event.status = 'draft' then
    perform private.fail(404, 'events.not_found', jsonb_build_object('slug', p_event_slug));
  elsif event.status = 'closed' or event.closes_at <= now() then
    perform private.fail(410, 'events.closed', jsonb_build_object('slug', p_event_slug));
  elsif event.opens_at > now() then
    perform private.fail(409, 'events.not_open_yet', jsonb_build_object('slug', p_event_slug, 'opens_at', event.opens_at));
  elsif event.status = 'paused' then
    perform private.fail(410, 'events.paused', jsonb_build_object('slug', p_event_slug));
  elsif not exists (select from public.event_versions v where v.id = p_version and v.event_id = event.id) then
    perform private.fail(409, 'events.version_superseded', jsonb_build_object('slug', p_event_slug));
  end if;
  insert into public.sessions (event_id, organization_id, version_id, state, arms)
  values (event.id, event.organization_id, p_version, p_state, p_arms) returning * into opened;
  perform private.record_fact('session.opened', jsonb_build_object('version_id', p_version, 'arms', p_arms),
                              event.organization_id, event.id, opened.id);
  perform realtime.send(jsonb_build_object('session_id', opened.id, 'event_id', event.id), 'session_opened',
                        'organization:' || event.organization_id, true);
  return opened;
end $$;

-- Writes one turn of the caller's own conversation and its new state, in order: the number says what it was based on.
create function private.record_turn(
  p_number int, p_key text, p_message text, p_reply text, p_understanding jsonb, p_tiles jsonb, p_answer jsonb,
  p_state jsonb, p_took_ms real, p_matched boolean
) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions;
  turn_id bigint;
begin
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  if own.turn_count + 1 <> p_number then
    perform private.fail(409, 'discovery.turn_taken', jsonb_build_object('number', p_number));
  end if;
  insert into public.turns (session_id, event_id, organization_id, number, message, reply, understanding, tiles, answer,
                            idempotency_key, took_ms)
  values (own.id, own.event_id, own.organization_id, p_number, p_message, p_reply, p_understanding, p_tiles, p_answer, p_key, p_took_ms)
  returning id into turn_id;
  update public.sessions set state = p_state, turn_count = p_number, last_seen_at = now(),
    first_match_at = coalesce(first_match_at, case when p_matched then now() end)
  where id = own.id;
  if p_matched and own.first_match_at is null then
    perform private.record_fact('turn.first_match', jsonb_build_object('turn', p_number), own.organization_id, own.event_id, own.id);
  end if;
  return turn_id;
end $$;

-- Records once per conversation that the buyer saw an arm of an experiment; the arm is the one the session was given.
create function private.record_exposure(p_experiment text) returns void
language plpgsql security definer set search_path = '' as $$
declare own public.sessions;
begin
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  if own.arms ->> p_experiment is null or exists (
    select from public.journal j where j.session_id = own.id and j.kind = 'experiment.exposed'
      and j.facts ->> 'experiment' = p_experiment) then
    return;
  end if;
  perform private.record_fact('experiment.exposed',
    jsonb_build_object('experiment', p_experiment, 'arm', own.arms ->> p_experiment),
    own.organization_id, own.event_id, own.id);
end $$;

-- Outcomes that only the storefront can see (a comparison opened, a call chosen), from a short list.
create function private.record_action(p_action text, p_listing bigint default null) returns void
language plpgsql security definer set search_path = '' as $$
declare own public.sessions;
begin
  select * into own from public.sessions s where s.id = private.session_id();
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  if p_action not in ('detail_opened', 'compared', 'call_requested', 'info_requested') then
    perform private.fail(422, 'discovery.unknown_action', jsonb_build_object('action', p_action));
  end if;
  if p_listing is not null and not exists (
    select from public.listings l where l.id = p_listing and l.event_id = own.event_id and l.listed) then
    perform private.fail(404, 'catalogue.no_such_listing', jsonb_build_object('listing_id', p_listing));
  end if;
  perform private.record_fact('action.chosen', jsonb_build_object('action', p_action, 'listing_id', p_listing),
                              own.organization_id, own.event_id, own.id);
end $$;
grant execute on function private.open_session(text, uuid, jsonb, jsonb), private.record_exposure(text),
  private.record_action(text, bigint),
  private.record_turn(int, text, text, text, jsonb, jsonb, jsonb, jsonb, real, boolean) to anon;
