-- Holds: exactly one winner per unit, by constraint, ended by the database's own clock.

create table public.holds (
  id uuid primary key default gen_random_uuid(),
  listing_id bigint not null references public.listings on delete restrict,
  event_id uuid not null,
  organization_id uuid not null,
  session_id uuid not null references public.sessions on delete restrict,
  version_id uuid not null references public.event_versions,
  status text not null default 'active' check (status in ('active', 'released', 'expired', 'converted')),
  placed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  deposit_required boolean not null default false,
  idempotency_key text not null check (length(idempotency_key) between 1 and 200),
  unique (session_id, idempotency_key),
  check (expires_at > placed_at),
  check ((status = 'active') = (ended_at is null))
);
create unique index holds_one_per_unit on public.holds (listing_id) where status = 'active';
create index holds_expiry on public.holds (expires_at) where status = 'active';
create index holds_event on public.holds (event_id, placed_at desc);

alter table public.holds enable row level security;
revoke all on public.holds from anon, authenticated;
grant select on public.holds to anon, authenticated;
create policy holds_own on public.holds for select to anon using (session_id = (select private.session_id()));
create policy holds_read on public.holds for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));

-- Whoever changes a unit, everybody watching the event sees it with the commit. Never who holds it.
create function private.tell_unit() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  notice jsonb := jsonb_build_object('listing_id', new.listing_id, 'state', new.state, 'held_until', new.held_until);
begin
  perform realtime.send(notice, 'listing_state', 'event:' || new.event_id, true);
  perform realtime.send(notice || jsonb_build_object('event_id', new.event_id), 'listing_state',
                        'organization:' || new.organization_id, true);
  return null;
end $$;
create trigger tell_unit after update on public.listing_units
  for each row when (old.state is distinct from new.state or old.held_until is distinct from new.held_until)
  execute function private.tell_unit();

-- Ends the hold that has run out on a unit, if there is one. The row lock on the unit is held by the caller.
create function private.expire_hold(p_hold uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare over public.holds;
begin
  update public.holds set status = 'expired', ended_at = now() where id = p_hold and status = 'active' returning * into over;
  if over.id is not null then
    perform private.record_fact('hold.expired', jsonb_build_object('hold_id', over.id, 'listing_id', over.listing_id),
                                over.organization_id, over.event_id, over.session_id);
  end if;
end $$;

-- Places a hold for the caller's conversation.
-- Raises MX404 catalogue.no_such_listing, discovery.no_such_session; MX409 transactions.already_held, transactions.sold;
-- MX410 events.closed, events.paused; MX429 transactions.hold_limit. The same key gives the same hold.
create function private.place_hold(p_listing bigint, p_key text) returns public.holds
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

  select * into event from public.events e where e.id = own.event_id;
  if event.closes_at <= now() then
    perform private.fail(410, 'events.closed', jsonb_build_object('slug', event.slug));
  elsif event.status <> 'live' then
    perform private.fail(410, 'events.' || event.status, jsonb_build_object('slug', event.slug));
  end if;

  -- One buyer's requests queue here, so that the quota is counted, not guessed.
  perform 1 from public.sessions s where s.id = own.id for update;
  select * into hold from public.holds h where h.session_id = own.id and h.idempotency_key = p_key;
  if hold.id is not null then return hold; end if;
  if (select count(*) from public.holds h where h.session_id = own.id and h.status = 'active' and h.expires_at > now())
     >= event.hold_limit then
    perform private.fail(429, 'transactions.hold_limit', jsonb_build_object('limit', event.hold_limit));
  end if;

  -- The unit's row lock decides the race; clock_timestamp because now() is when the transaction began, before any wait.
  select * into unit from public.listing_units u where u.listing_id = p_listing for update;
  perform private.refuse_taken(unit, own.id);
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

-- Raises when the unit cannot be had now. A hold that has run out does not count, swept or not.
create function private.refuse_taken(unit public.listing_units, p_session uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if unit.state = 'sold' then
    perform private.fail(409, 'transactions.sold', jsonb_build_object('listing_id', unit.listing_id));
  elsif unit.state = 'held' and unit.held_until > clock_timestamp() then
    perform private.fail(409, 'transactions.already_held', jsonb_build_object(
      'listing_id', unit.listing_id, 'held_until', unit.held_until,
      'yours', exists (select from public.holds h where h.id = unit.hold_id and h.session_id = p_session)));
  end if;
end $$;

-- That a buyer came too late. A transaction of its own: the refused one has left nothing behind. No broadcast: two hundred
-- losers of a race are no news each.
create function private.record_refusal(p_listing bigint) returns void
language plpgsql security definer set search_path = '' as $$
declare own public.sessions;
begin
  select * into own from public.sessions s where s.id = private.session_id();
  if own.id is null or not exists (
    select from public.listings l where l.id = p_listing and l.event_id = own.event_id) then
    return;
  end if;
  perform private.record_fact('hold.refused', jsonb_build_object('listing_id', p_listing),
                              own.organization_id, own.event_id, own.id);
end $$;

-- Gives a hold back before its time: the buyer's own, or, by staff, any of the organization.
create function private.release_hold(p_hold uuid) returns public.holds
language plpgsql security definer set search_path = '' as $$
declare
  hold public.holds;
  may_release boolean;
begin
  select * into hold from public.holds h where h.id = p_hold;
  may_release := hold.session_id = private.session_id()
    or hold.organization_id in (select private.organizations_of_actor('admin', 'operator'));
  if hold.id is null or not coalesce(may_release, false) then
    perform private.fail(404, 'transactions.no_such_hold');
  end if;
  perform 1 from public.listing_units u where u.listing_id = hold.listing_id for update;
  update public.holds set status = 'released', ended_at = clock_timestamp()
  where id = p_hold and status = 'active' returning * into hold;
  if not found then  -- already over: giving it back twice is no error
    select * into hold from public.holds h where h.id = p_hold;
    return hold;
  end if;
  update public.listing_units set state = 'available', hold_id = null, held_until = null, version = version + 1
  where listing_id = hold.listing_id and hold_id = p_hold;
  perform private.record_fact('hold.released', jsonb_build_object('hold_id', hold.id, 'listing_id', hold.listing_id),
                              hold.organization_id, hold.event_id, hold.session_id);
  return hold;
end $$;

-- Tidies up holds that have run out, so that watchers hear of it; correctness does not depend on it.
create function private.sweep_holds(p_batch int default 500) returns int
language plpgsql security definer set search_path = '' as $$
declare
  unit public.listing_units;
  swept int := 0;
begin
  for unit in
    select u.* from public.listing_units u join public.holds h on h.id = u.hold_id
    where h.status = 'active' and h.expires_at <= now() order by h.expires_at limit p_batch for update of u skip locked
  loop
    perform private.expire_hold(unit.hold_id);
    update public.listing_units set state = 'available', hold_id = null, held_until = null, version = version + 1
    where listing_id = unit.listing_id;
    swept := swept + 1;
  end loop;
  return swept;
end $$;
revoke all on function private.sweep_holds(int), private.expire_hold(uuid) from public;
grant execute on function private.sweep_holds(int) to service_role;
grant execute on function private.place_hold(bigint, text), private.record_refusal(bigint) to anon;
grant execute on function private.release_hold(uuid) to anon, authenticated;
