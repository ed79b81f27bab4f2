-- Putting versions in force and taking them back: levers, rollback, what becomes of open conversations, the watch.

alter table public.events add column actions_off boolean not null default false;

-- The same commit puts a version in force, carries open conversations over if that was chosen, and tells everybody.
create or replace function private.activate_version() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  notice jsonb;
  event_slug text;
  carried int := 0;
begin
  update public.events e set
    current_version_id = new.id,
    name = coalesce(new.document ->> 'name', e.name),
    status = case when e.status = 'draft' then 'live' else e.status end,
    hold_ttl_s = coalesce((new.document #>> '{conversion,hold_minutes}')::numeric * 60, e.hold_ttl_s)::int,
    hold_limit = coalesce((new.document #>> '{conversion,hold_limit}')::int, e.hold_limit),
    opens_at = (new.document #>> '{dates,opens_at}')::timestamptz,
    closes_at = (new.document #>> '{dates,closes_at}')::timestamptz,
    deposit_required = coalesce((new.document #>> '{conversion,deposit_required}')::boolean, e.deposit_required),
    actions_off = coalesce((new.document #>> '{safety,mutating_tools_off}')::boolean, false)
  where e.id = new.event_id returning e.slug into event_slug;
  if new.carry in ('migrate', 'force') then
    update public.sessions s set version_id = new.id, state = private.carried_state(s.state, g.gone, new.renames)
    from (select v.id, private.gone(new.event_id, v.document, new.document) as gone from public.event_versions v
          where v.id in (select o.version_id from public.sessions o where o.event_id = new.event_id and o.ended_at is null
                         and o.last_seen_at > now() - interval '30 minutes')) g
    where s.version_id = g.id and s.event_id = new.event_id and s.ended_at is null
      and s.last_seen_at > now() - interval '30 minutes';
    get diagnostics carried = row_count;
  end if;
  notice := jsonb_build_object('event_id', new.event_id, 'slug', event_slug, 'version_id', new.id, 'number', new.number,
                               'sha256', new.sha256, 'kind', new.kind, 'kill', 'kill' = any (new.reloads));
  perform private.record_fact(case when new.kind = 'auto_rollback' then 'event.auto_rolled_back' else 'event.published' end,
    notice || jsonb_build_object('message', new.message, 'risk', new.risk, 'carried', carried, 'reason', new.reason),
    new.organization_id, new.event_id);
  perform realtime.send(notice, 'version_published', 'versions', true);
  perform realtime.send(notice, 'version_published', 'event:' || new.event_id, true);
  perform realtime.send(notice, 'version_published', 'organization:' || new.organization_id, true);
  return null;
end $$;

-- A conversation's state for a document without some names: renamed where the author said how, else dropped.
create function private.carried_state(p_state jsonb, p_gone jsonb, p_renames jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select p_state
    || jsonb_build_object('filters', (
      select coalesce(jsonb_agg(case when p_renames ? (f.value ->> 'field')
                                then jsonb_set(f.value, '{field}', p_renames -> (f.value ->> 'field')) else f.value end order by f.n), '[]')
      from jsonb_array_elements(coalesce(p_state -> 'filters', '[]')) with ordinality f (value, n)
      where p_renames ? (f.value ->> 'field')
         or not p_gone @> jsonb_build_array(jsonb_build_object('kind', 'field', 'name', f.value ->> 'field'))))
    || jsonb_build_object('signals', (
      select coalesce(jsonb_agg(case when p_renames ? (s.value ->> 'type')
                                then jsonb_set(s.value, '{type}', p_renames -> (s.value ->> 'type')) else s.value end order by s.n), '[]')
      from jsonb_array_elements(coalesce(p_state -> 'signals', '[]')) with ordinality s (value, n)
      where p_renames ? (s.value ->> 'type')
         or not p_gone @> jsonb_build_array(jsonb_build_object('kind', 'signal', 'name', s.value ->> 'type'))))
$$;

-- Moves levers: a version that differs from the last approved one by nothing but levers inside their ranges.
create function private.move_lever(
  p_event uuid, p_number int, p_canonical text, p_source text, p_sha256 text, p_message text
) returns public.event_versions
language plpgsql security definer set search_path = '' as $$
declare
  owner uuid := (select e.organization_id from public.events e where e.id = p_event);
  moved public.event_versions;
begin
  perform private.demand(owner, 'move_levers');
  insert into public.event_versions (event_id, organization_id, number, document, canonical, source, sha256, message, author_id, kind)
  values (p_event, owner, p_number, p_canonical::jsonb, p_canonical, p_source, p_sha256, p_message, auth.uid(), 'lever')
  returning * into moved;
  return moved;
end $$;

-- Kill switches that are on and would be off: nobody releases a brake by the way.
create function private.stops_ended(p_before jsonb, p_after jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select coalesce(jsonb_agg(name), '[]') from unnest(array['ai_off', 'mutating_tools_off', 'force_strict']) name
  where (p_before #> array['safety', name]) = 'true' and (p_after #> array['safety', name]) is distinct from 'true'
$$;

-- A new version equal to an old one. `p_current` is the version that the caller saw in force.
create function private.roll_back(p_event uuid, p_current uuid, p_target int, p_reason text, p_carry text)
returns public.event_versions
language plpgsql security definer set search_path = '' as $$
declare
  event public.events;
  target public.event_versions;
  stops jsonb;
begin
  select * into event from public.events e where e.id = p_event for no key update;
  perform private.demand(event.organization_id, 'rollback_versions');
  if event.current_version_id is distinct from p_current then
    perform private.fail(409, 'events.version_taken', jsonb_build_object('current', event.current_version_id));
  elsif length(trim(coalesce(p_reason, ''))) = 0 then
    perform private.fail(422, 'events.reason_needed', jsonb_build_object('verdict', 'rollback'));
  end if;
  select * into target from public.event_versions v where v.event_id = event.id and v.number = p_target;
  if target.id is null then
    perform private.fail(404, 'events.no_such_version', jsonb_build_object('number', p_target));
  elsif exists (select from public.event_versions v where v.id = p_current and v.sha256 = target.sha256) then
    perform private.fail(409, 'events.nothing_changed', jsonb_build_object('number', p_target));
  end if;
  stops := private.stops_ended((select v.document from public.event_versions v where v.id = p_current), target.document);
  if stops <> '[]' then
    perform private.fail(409, 'events.stops_on', jsonb_build_object('stops', stops));
  end if;
  return private.restore_version(event, target, 'rollback', p_reason, p_carry);
end $$;

create function private.restore_version(event public.events, target public.event_versions, p_kind text, p_reason text, p_carry text)
returns public.event_versions
language plpgsql security definer set search_path = '' as $$
declare
  restored public.event_versions;
begin
  insert into public.event_versions (event_id, organization_id, number, document, canonical, source, sha256, message, author_id,
                                     kind, restores, reason, carry)
  values (event.id, event.organization_id,
          1 + coalesce((select max(v.number) from public.event_versions v where v.event_id = event.id), 0),
          target.document, target.canonical, target.source, target.sha256,
          left('Back to version ' || target.number || ': ' || p_reason, 500), auth.uid(), p_kind, target.id, left(p_reason, 500), p_carry)
  returning * into restored;
  return restored;
end $$;

-- What a rollback meets: everything that was begun under the versions it would undo.
create function private.consequences(p_event uuid, p_target int) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  event public.events;
  target public.event_versions;
  current public.event_versions;
begin
  select * into event from public.events e where e.id = p_event;
  perform private.demand(event.organization_id, 'view_config');
  select * into target from public.event_versions v where v.event_id = event.id and v.number = p_target;
  select * into current from public.event_versions v where v.id = event.current_version_id;
  if target.id is null then perform private.fail(404, 'events.no_such_version', jsonb_build_object('number', p_target)); end if;
  return (
    select jsonb_build_object(
      'current', current.number, 'target', target.number,
      'versions_undone', (select coalesce(jsonb_agg(v.number order by v.number), '[]') from public.event_versions v
                          where v.event_id = event.id and v.number > target.number),
      'conversations', (select count(*) from public.sessions s join public.event_versions v on v.id = s.version_id
                        where s.event_id = event.id and v.number > target.number
                          and s.ended_at is null and s.last_seen_at > now() - interval '30 minutes'),
      'holds', coalesce(jsonb_agg(jsonb_build_object('hold_id', h.id, 'listing_id', h.listing_id, 'title', l.title,
                 'expires_at', h.expires_at, 'deposit_required', h.deposit_required, 'price_minor', l.price_minor,
                 'version', v.number) order by h.expires_at) filter (where h.id is not null), '[]'),
      'deposits', count(*) filter (where h.deposit_required), 'money_minor', coalesce(sum(l.price_minor), 0),
      'currency', current.document ->> 'currency',
      'gone', private.gone(event.id, current.document, target.document),
      'stops', private.stops_ended(current.document, target.document))
    from public.holds h
    join public.listings l on l.id = h.listing_id
    join public.event_versions v on v.id = h.version_id and v.number > target.number
    where h.event_id = event.id and h.status = 'active' and h.expires_at > now());
end $$;

-- Which of these versions conversations still use.
create function private.versions_in_use(p_versions uuid[]) returns setof uuid
language sql stable security definer set search_path = '' as $$
  select v from unnest(p_versions) v
  where exists (select from public.sessions s
                where s.version_id = v and s.ended_at is null and s.last_seen_at > now() - interval '30 minutes')
$$;

-- That the product failed a buyer: once per conversation, by the conversation itself.
create function private.note_failure() returns void
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions;
begin
  update public.sessions set failed_at = now() where id = private.session_id() and failed_at is null returning * into own;
  if own.id is not null then
    perform private.record_fact('conversation.failed', jsonb_build_object('version_id', own.version_id),
                                own.organization_id, own.event_id, own.id);
  end if;
end $$;

-- The publication that is in force, with the levers that were moved since: what the watch judges.
create function private.fresh_versions(p_version uuid) returns table (id uuid, kind text, based_on uuid, created_at timestamptz)
language sql stable security definer set search_path = '' as $$
  with recursive chain as (
    select v.id, v.kind, v.based_on, v.created_at from public.event_versions v where v.id = p_version
    union all
    select v.id, v.kind, v.based_on, v.created_at from chain c join public.event_versions v on v.id = c.based_on where c.kind = 'lever'
  )
  select * from chain
$$;

-- Takes a fresh version of one event back if too many of its new conversations failed. What was restored is not watched: going
-- back from there would go forward. While a kill switch is on, somebody is at it already, and nothing releases it.
create function private.watch_event(event public.events) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  current public.event_versions;
  previous public.event_versions;
  published record;
  watch jsonb;
  begun int;
  failed int;
  restored public.event_versions;
begin
  select * into current from public.event_versions v where v.id = event.current_version_id;
  watch := private.filled_section('safety', current.document -> 'safety') -> 'auto_rollback';
  select f.* into published from private.fresh_versions(current.id) f where f.kind <> 'lever';
  if not (watch ->> 'enabled')::boolean or published.kind is distinct from 'publish' or published.based_on is null
     or published.created_at <= now() - make_interval(secs => 60 * (watch ->> 'watch_minutes')::float8) then
    return null;
  end if;
  select count(*), count(s.failed_at) into begun, failed from public.sessions s
  where s.version_id in (select f.id from private.fresh_versions(current.id) f) and s.created_at >= published.created_at;
  if begun < (watch ->> 'least_conversations')::numeric or failed <= (watch ->> 'failure_share')::numeric * begun then
    return null;
  end if;
  select * into previous from public.event_versions v where v.id = published.based_on;
  if private.stops_ended(current.document, previous.document) <> '[]' then return null; end if;
  restored := private.restore_version(event, previous, 'auto_rollback',
    failed || ' of ' || begun || ' new conversations failed under version ' || current.number, 'drain');
  perform realtime.send(jsonb_build_object('event_id', event.id, 'slug', event.slug, 'from', current.number,
      'to', previous.number, 'number', restored.number, 'failed', failed, 'begun', begun),
    'alert', 'organization:' || event.organization_id, true);
  return jsonb_build_object('slug', event.slug, 'from', current.number, 'to', previous.number,
                            'number', restored.number, 'failed', failed, 'begun', begun);
end $$;

-- Every event by itself: one that cannot be judged is a fact, and keeps nobody from being watched. The worker asks every
-- few seconds.
create function private.watch_versions() returns setof jsonb
language plpgsql security definer set search_path = '' as $$
declare
  event public.events;
  told jsonb;
begin
  if not private.acts_as_system() then perform private.fail(403, 'core.not_allowed'); end if;
  for event in select e.* from public.events e where e.status = 'live' and e.current_version_id is not null
               order by e.id for no key update of e skip locked loop
    begin
      told := private.watch_event(event);
      if told is not null then return next told; end if;
    exception when others then
      perform private.record_fact('event.watch_failed', jsonb_build_object('error', sqlerrm), event.organization_id, event.id);
    end;
  end loop;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.move_lever(uuid, int, text, text, text, text),
  private.roll_back(uuid, uuid, int, text, text), private.consequences(uuid, int) to authenticated;
grant execute on function private.versions_in_use(uuid[]) to anon, authenticated;
grant execute on function private.note_failure() to anon;
