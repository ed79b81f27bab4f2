-- The verbs of a buyer, each behind the guard.

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
    actions_off = coalesce((new.document #>> '{safety,mutating_tools_off}')::boolean, false),
    ai_off = coalesce((new.document #>> '{safety,ai_off}')::boolean, false),
    force_strict = coalesce((new.document #>> '{safety,force_strict}')::boolean, false),
    blocked_per_minute = coalesce((new.document #>> '{policy,blocked_per_minute}')::int, 20)
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

drop function private.open_session(text, uuid, jsonb, jsonb);
drop function private.place_hold(bigint, text);
drop function private.release_hold(uuid);
drop function private.open_lead(jsonb, jsonb, jsonb, jsonb, boolean);
drop function private.withdraw_lead();

-- Opens a conversation on the version in force, with its policy. A paused, closed or unknown event has none.
create function private.open_session(
  p_event_slug text, p_version uuid, p_state jsonb, p_arms jsonb, p_policy jsonb default null, p_facts jsonb default null
)
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
  if p_policy is not null then perform private.keep_snapshot(opened, p_policy, p_facts, 'opened'); end if;
  perform private.record_fact('session.opened', jsonb_build_object('version_id', p_version, 'arms', p_arms),
                              event.organization_id, event.id, opened.id);
  perform realtime.send(jsonb_build_object('session_id', opened.id, 'event_id', event.id), 'session_opened',
                        'organization:' || event.organization_id, true);
  return opened;
end $$;

-- Places a hold for the caller's conversation; the same key gives the same hold and needs no new yes.
-- Raises MX404 catalogue.no_such_listing, discovery.no_such_session; MX409 transactions.already_held, transactions.sold;
-- MX429 transactions.hold_limit; and as the guard.
create function private.place_hold(
  p_listing bigint, p_key text, p_confirmation uuid default null, p_origin text default 'buyer'
) returns public.holds
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions;
  event public.events;
  unit public.listing_units;
  hold public.holds;
begin
  -- The cheap look first: most losers of a race leave here without waiting for a lock.
  select * into unit from public.listing_units u where u.listing_id = p_listing;
  select * into own from public.sessions s where s.id = private.session_id();
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  select * into hold from public.holds h where h.session_id = own.id and h.idempotency_key = p_key;
  if hold.id is not null then
    if hold.listing_id <> p_listing then
      perform private.fail(409, 'core.key_reused', jsonb_build_object('operation', 'transaction/reserve'));
    end if;
    return hold;
  end if;
  if unit.listing_id is null or unit.event_id <> own.event_id
     or not exists (select from public.listings l where l.id = p_listing and l.listed) then
    perform private.fail(404, 'catalogue.no_such_listing', jsonb_build_object('listing_id', p_listing));
  end if;
  perform private.refuse_taken(unit, own.id);

  -- One buyer's requests queue here, so that the quota is counted, not guessed.
  own := private.lock_session();
  select * into hold from public.holds h where h.session_id = own.id and h.idempotency_key = p_key;
  if hold.id is not null then return hold; end if;
  -- The unit's row lock decides the race; clock_timestamp because now() is when the transaction began, before any wait.
  select * into unit from public.listing_units u where u.listing_id = p_listing for update;
  perform private.refuse_taken(unit, own.id);
  -- the wall stands behind the lock: a loser of the race is told so, and costs no more than before
  perform private.guard('hold', jsonb_build_object('listing_id', p_listing), p_confirmation, p_origin);
  select * into event from public.events e where e.id = own.event_id;
  if (select count(*) from public.holds h where h.session_id = own.id and h.status = 'active' and h.expires_at > now())
     >= event.hold_limit then
    perform private.fail(429, 'transactions.hold_limit', jsonb_build_object('limit', event.hold_limit));
  end if;
  if unit.hold_id is not null then perform private.expire_hold(unit.hold_id); end if;

  insert into public.holds (listing_id, event_id, organization_id, session_id, version_id, placed_at, expires_at, deposit_required, idempotency_key)
  values (p_listing, own.event_id, own.organization_id, own.id, own.version_id, clock_timestamp(),
          clock_timestamp() + make_interval(secs => event.hold_ttl_s), event.deposit_required, p_key)
  returning * into hold;
  update public.listing_units set state = 'held', hold_id = hold.id, held_until = hold.expires_at, version = version + 1
  where listing_id = p_listing;
  perform private.record_fact('hold.placed',
    jsonb_build_object('hold_id', hold.id, 'listing_id', p_listing, 'expires_at', hold.expires_at),
    own.organization_id, own.event_id, own.id);
  return hold;
end $$;

-- Gives a hold back before its time: the buyer's own, or, by staff, any of the organization.
create function private.release_hold(p_hold uuid, p_confirmation uuid default null, p_origin text default 'buyer')
returns public.holds
language plpgsql security definer set search_path = '' as $$
declare
  hold public.holds;
  is_own boolean;
  may_release boolean;
begin
  select * into hold from public.holds h where h.id = p_hold;
  is_own := hold.session_id = private.session_id();
  may_release := is_own or hold.organization_id in (select private.organizations_of_actor('admin', 'operator'));
  if hold.id is null or not coalesce(may_release, false) then
    perform private.fail(404, 'transactions.no_such_hold');
  end if;
  if hold.status <> 'active' then return hold; end if;  -- already over: giving it back twice is no error
  if is_own then
    perform private.guard('release', jsonb_build_object('hold_id', p_hold), p_confirmation, p_origin);
  end if;
  perform 1 from public.listing_units u where u.listing_id = hold.listing_id for update;
  update public.holds set status = 'released', ended_at = clock_timestamp()
  where id = p_hold and status = 'active' returning * into hold;
  if not found then  -- over meanwhile
    select * into hold from public.holds h where h.id = p_hold;
    return hold;
  end if;
  update public.listing_units set state = 'available', hold_id = null, held_until = null, version = version + 1
  where listing_id = hold.listing_id and hold_id = p_hold;
  perform private.record_fact('hold.released', jsonb_build_object('hold_id', hold.id, 'listing_id', hold.listing_id),
                              hold.organization_id, hold.event_id, hold.session_id);
  return hold;
end $$;

-- Opens the caller's lead and shows it to the dealers named in p_matches: [{dealer_id, alignment, matching_listings}].
-- With p_refresh only a lead that is open still is brought up to date, under the yes that opened it.
create function private.open_lead(
  p_wishes jsonb, p_portrait jsonb, p_contact jsonb, p_matches jsonb, p_refresh boolean default false,
  p_confirmation uuid default null, p_origin text default 'buyer'
) returns public.leads
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions;
  lead public.leads;
  dealer_org uuid;
begin
  own := private.lock_session();
  select * into lead from public.leads l where l.session_id = own.id and l.status = 'open';
  if lead.id is null and p_refresh then
    perform private.fail(404, 'leads.no_open_lead');
  end if;
  perform private.guard('share', jsonb_build_object('contact', p_contact), p_confirmation, p_origin,
                        p_refresh and p_contact is null);
  if lead.id is null then
    insert into public.leads (event_id, organization_id, session_id, wishes)
    values (own.event_id, own.organization_id, own.id, p_wishes) returning * into lead;
  else
    update public.leads set wishes = p_wishes where id = lead.id returning * into lead;
    delete from public.prospects where lead_id = lead.id;
  end if;
  if p_contact is not null then
    insert into public.lead_contacts (lead_id, session_id, name, email, phone, place)
    values (lead.id, own.id, p_contact ->> 'name', p_contact ->> 'email', p_contact ->> 'phone', p_contact ->> 'place')
    on conflict (lead_id) do update set name = excluded.name, email = excluded.email, phone = excluded.phone, place = excluded.place;
  end if;
  insert into public.prospects (lead_id, event_id, dealer_id, dealer_organization_id, portrait, alignment, matching_listings)
  select lead.id, own.event_id, d.id, d.dealer_id, p_portrait, m.alignment, m.matching_listings
  from jsonb_to_recordset(p_matches) as m (dealer_id uuid, alignment real, matching_listings int)
  join public.dealers d on d.id = m.dealer_id and d.seller_id = own.organization_id and d.status = 'active';
  perform private.record_fact('lead.opened', jsonb_build_object('lead_id', lead.id, 'dealers', jsonb_array_length(p_matches)),
                              own.organization_id, own.event_id, own.id);
  for dealer_org in select p.dealer_organization_id from public.prospects p where p.lead_id = lead.id loop
    perform realtime.send('{}'::jsonb, 'prospects_changed', 'dealer:' || dealer_org, true);
  end loop;
  return lead;
end $$;

create function private.withdraw_lead(p_confirmation uuid default null, p_origin text default 'buyer')
returns public.leads
language plpgsql security definer set search_path = '' as $$
declare lead public.leads;
begin
  perform private.guard('withdraw', '{}', p_confirmation, p_origin);
  update public.leads set status = 'withdrawn', ended_at = now()
  where session_id = private.session_id() and status = 'open' returning * into lead;
  if lead.id is null then perform private.fail(404, 'leads.no_open_lead'); end if;
  perform private.record_fact('lead.withdrawn', jsonb_build_object('lead_id', lead.id), lead.organization_id, lead.event_id, lead.session_id);
  return lead;
end $$;

-- A yes and a hold at once: for rehearsals alone, no role is granted it.
create function private.rehearsed_hold(p_listing bigint, p_key text) returns public.holds
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions := private.lock_session();
begin
  if not exists (select from public.policy_snapshots p where p.session_id = own.id) then
    perform private.keep_snapshot(own, '{"autonomy": "strict", "compliance": "strict", "tools": [
      {"name": "hold", "verb": "hold", "is_mutating": true, "confirm": true, "idempotent": true}]}', null, 'rehearsal');
  end if;
  if exists (select from public.holds h where h.session_id = own.id and h.idempotency_key = p_key) then
    return private.place_hold(p_listing, p_key);
  end if;
  return private.place_hold(p_listing, p_key, (private.prepare_action('hold',
    jsonb_build_object('listing_id', p_listing)) ->> 'confirmation')::uuid);
end $$;

create or replace function private.rehearse_holds(p_sandbox uuid, p_listing bigint, p_buyers int) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  own public.sandboxes;
  version public.event_versions;
  hold public.holds;
  again public.holds;
  buyer uuid;
  buyers uuid[] := '{}';
  tries jsonb := '[]';
  report jsonb;
begin
  select * into own from public.sandboxes s where s.id = p_sandbox;
  begin
    insert into public.event_versions (event_id, organization_id, number, document, canonical, source, sha256, message)
    values (own.event_id, own.organization_id,
            1 + coalesce((select max(v.number) from public.event_versions v where v.event_id = own.event_id), 0),
            own.canonical::jsonb, own.canonical, own.source, own.sha256, 'rehearsal') returning * into version;
    update public.events set opens_at = null, closes_at = null, status = 'live' where id = own.event_id;
    for at in 1 .. least(greatest(p_buyers, 2), 50) loop
      insert into public.sessions (event_id, organization_id, version_id)
      values (own.event_id, own.organization_id, version.id) returning id into buyer;
      buyers := buyers || buyer;
      perform set_config('request.jwt.claims', jsonb_build_object('role', 'anon', 'session_id', buyer, 'event_id', own.event_id)::text, true);
      begin
        hold := private.rehearsed_hold(p_listing, 'rehearsal');
        tries := tries || jsonb_build_object('buyer', at, 'got_it', true, 'until', hold.expires_at);
        again := private.rehearsed_hold(p_listing, 'rehearsal');
        report := coalesce(report, '{}') || jsonb_build_object('winner', at, 'hold_seconds',
          extract(epoch from hold.expires_at - hold.placed_at)::int, 'deposit_required', hold.deposit_required,
          'asking_twice_gives_the_same', again.id = hold.id);
      exception when others then
        tries := tries || jsonb_build_object('buyer', at, 'got_it', false, 'code', sqlerrm);
      end;
    end loop;
    if report is not null then
      -- the clock is turned, nothing is swept: whoever comes next takes over what has run out
      update public.holds set placed_at = placed_at - interval '30 days', expires_at = clock_timestamp() - interval '1 second'
      where listing_id = p_listing and status = 'active';
      update public.listing_units set held_until = clock_timestamp() - interval '1 second' where listing_id = p_listing;
      perform set_config('request.jwt.claims', jsonb_build_object('role', 'anon', 'session_id', buyers[array_length(buyers, 1)],
                         'event_id', own.event_id)::text, true);
      begin
        hold := private.rehearsed_hold(p_listing, 'rehearsal after the clock');
        report := report || jsonb_build_object('free_again_after_the_clock', hold.id is not null);
      exception when others then
        report := report || jsonb_build_object('free_again_after_the_clock', false, 'code', sqlerrm);
      end;
    end if;
    raise exception using errcode = 'MX000', message = 'undo';
  exception when sqlstate 'MX000' then
    null;
  end;
  report := coalesce(report, '{}') || jsonb_build_object('tries', tries, 'winners',
    (select count(*) from jsonb_array_elements(tries) t where (t ->> 'got_it')::boolean));
  update public.sandboxes set rehearsal = report where id = own.id;
  return report;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.open_session(text, uuid, jsonb, jsonb, jsonb, jsonb),
  private.place_hold(bigint, text, uuid, text), private.withdraw_lead(uuid, text),
  private.open_lead(jsonb, jsonb, jsonb, jsonb, boolean, uuid, text) to anon;
grant execute on function private.release_hold(uuid, uuid, text) to anon, authenticated;
