-- What processes read: served versions with the flags of their organization, and holds that obey the kill switch.

drop function private.served_versions(uuid);
drop function private.served_heads();
drop function private.pinned_version(uuid);

create function private.flags_of(p_organization uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_object_agg(f.name, f.is_on), '{}') from public.organization_flags f where f.organization_id = p_organization
$$;

-- The version in force of each open event. Read by the application alone.
create function private.served_versions(p_event uuid default null)
returns table (event_id uuid, organization_id uuid, slug text, status text, catalogue_revision bigint, flags_revision bigint,
               organization_flags jsonb, version_id uuid, number int, sha256 text, created_at timestamptz, document jsonb)
language sql stable security definer set search_path = '' as $$
  select e.id, e.organization_id, e.slug, e.status, e.catalogue_revision, o.flags_revision, private.flags_of(o.id),
         v.id, v.number, v.sha256, v.created_at, v.document
  from public.events e
  join public.event_versions v on v.id = e.current_version_id
  join public.organizations o on o.id = e.organization_id
  where e.status in ('live', 'paused') and (p_event is null or e.id = p_event)
$$;

-- A cheap probe for the poll that catches a lost message.
create function private.served_heads()
returns table (event_id uuid, version_id uuid, status text, catalogue_revision bigint, flags_revision bigint)
language sql stable security definer set search_path = '' as $$
  select e.id, e.current_version_id, e.status, e.catalogue_revision, o.flags_revision
  from public.events e join public.organizations o on o.id = e.organization_id where e.status in ('live', 'paused')
$$;

-- One version that a conversation pinned, in force or not.
create function private.pinned_version(p_version uuid)
returns table (event_id uuid, organization_id uuid, slug text, status text, catalogue_revision bigint, flags_revision bigint,
               organization_flags jsonb, version_id uuid, number int, sha256 text, created_at timestamptz, document jsonb)
language sql stable security definer set search_path = '' as $$
  select e.id, e.organization_id, e.slug, e.status, e.catalogue_revision, o.flags_revision, private.flags_of(o.id),
         v.id, v.number, v.sha256, v.created_at, v.document
  from public.event_versions v
  join public.events e on e.id = v.event_id
  join public.organizations o on o.id = e.organization_id
  where v.id = p_version
$$;

-- As before, and not while the kill switch for consequential actions is on.
create or replace function private.place_hold(p_listing bigint, p_key text) returns public.holds
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
  elsif event.actions_off then
    perform private.fail(409, 'events.actions_off', jsonb_build_object('slug', event.slug));
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

-- Previews are for an hour; a draft that nobody took up stays readable, it only cannot be submitted any more.
create or replace function private.keep_house(p_now timestamptz default now()) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform private.add_journal_month((date_trunc('month', p_now) + make_interval(months => n))::date) from generate_series(0, 2) n;
  delete from private.answers a where a.created_at < p_now - interval '7 days';
  delete from private.web_sessions w where w.expires_at < p_now - interval '1 day';
  delete from public.invitations i where i.expires_at < p_now - interval '30 days' and i.accepted_at is null;
  delete from public.previews p where p.expires_at < p_now;
  begin  -- hosted Supabase purges its messages itself and does not let us
    delete from realtime.messages m where m.inserted_at < p_now - interval '3 days';
  exception when insufficient_privilege then null;
  end;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.served_versions(uuid), private.served_heads(), private.pinned_version(uuid)
  to anon, authenticated;
