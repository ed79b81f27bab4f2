-- What a buyer asks a person to do; alerts about refusals; the seals over all receipts of an organization.

create table public.buyer_requests (
  id uuid primary key default gen_random_uuid(),
  session_id uuid not null references public.sessions on delete cascade,
  event_id uuid not null references public.events on delete cascade,
  organization_id uuid not null,
  kind text not null check (kind in ('book', 'info', 'message', 'offer', 'deposit', 'reveal', 'remind', 'hand_off')),
  listing_id bigint references public.listings on delete set null,
  details jsonb not null default '{}' check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 8000),
  status text not null default 'open' check (status in ('open', 'done', 'declined', 'withdrawn')),
  idempotency_key text not null check (length(idempotency_key) between 1 and 200),
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  ended_by uuid,
  unique (session_id, idempotency_key),
  check ((status = 'open') = (ended_at is null))
);
create index buyer_requests_event on public.buyer_requests (event_id, created_at desc);
create index buyer_requests_organization on public.buyer_requests (organization_id, created_at desc);
create index buyer_requests_listing on public.buyer_requests (listing_id) where listing_id is not null;

create table public.alerts (
  id bigint generated always as identity primary key,
  organization_id uuid not null references public.organizations on delete cascade,
  event_id uuid not null references public.events on delete cascade,
  kind text not null check (kind in ('blocked_spike')),
  window_at timestamptz not null,
  facts jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  unique (event_id, kind, window_at)
);
create index alerts_organization on public.alerts (organization_id, created_at desc);

-- One link of an organization's chain: how long the chain of each conversation was, and where it ended.
create table public.receipt_anchors (
  organization_id uuid not null,
  n int not null check (n > 0),
  created_at timestamptz not null default clock_timestamp(),
  sealed_until timestamptz not null,
  heads jsonb not null,  -- {session: [receipts, sha256 of the last]}
  previous text not null,
  sha256 text not null,
  primary key (organization_id, n)
);
create trigger refuse_change before update or delete on public.receipt_anchors
  for each row execute function private.refuse_change();
create trigger refuse_truncate before truncate on public.receipt_anchors execute function private.refuse_change();

alter table public.buyer_requests enable row level security;
alter table public.alerts enable row level security;
alter table public.receipt_anchors enable row level security;
revoke all on public.buyer_requests, public.alerts, public.receipt_anchors from anon, authenticated;
grant select on public.buyer_requests to anon, authenticated;
grant select on public.alerts, public.receipt_anchors to authenticated;
create policy buyer_requests_own on public.buyer_requests for select to anon using (session_id = (select private.session_id()));
create policy buyer_requests_read on public.buyer_requests for select to authenticated
  using (organization_id in (select private.organizations_where('view_config')));
create policy alerts_read on public.alerts for select to authenticated
  using (organization_id in (select private.organizations_where('view_config')));
create policy receipt_anchors_read on public.receipt_anchors for select to authenticated
  using (organization_id in (select private.organizations_where('view_config')));

-- Puts a buyer's request before people. The same key gives the same request and needs no new yes.
-- Raises as the guard; MX422 policy.unknown_request; MX409 core.key_reused.
create function private.make_request(
  p_kind text, p_listing bigint, p_details jsonb, p_key text, p_confirmation uuid default null, p_origin text default 'buyer'
) returns public.buyer_requests
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions := private.lock_session();
  made public.buyer_requests;
  details jsonb := jsonb_strip_nulls(coalesce(p_details, '{}'));
begin
  if p_kind is null or p_kind not in ('book', 'info', 'message', 'offer', 'deposit', 'reveal', 'remind', 'hand_off') then
    perform private.fail(422, 'policy.unknown_request', jsonb_build_object('kind', p_kind));
  end if;
  select * into made from public.buyer_requests r where r.session_id = own.id and r.idempotency_key = p_key;
  if made.id is not null then
    if (made.kind, made.details, made.listing_id) is distinct from (p_kind, details, p_listing) then
      perform private.fail(409, 'core.key_reused', jsonb_build_object('operation', 'transaction/request'));
    end if;
    return made;
  end if;
  perform private.guard(p_kind, jsonb_build_object('listing_id', p_listing, 'details', details), p_confirmation, p_origin);
  insert into public.buyer_requests (session_id, event_id, organization_id, kind, listing_id, details, idempotency_key)
  values (own.id, own.event_id, own.organization_id, p_kind, p_listing, details, p_key) returning * into made;
  perform private.record_fact('request.made', jsonb_build_object('request_id', made.id, 'kind', p_kind, 'listing_id', p_listing),
                              own.organization_id, own.event_id, own.id);
  perform private.tell_request(made);
  return made;
end $$;

create function private.tell_request(r public.buyer_requests) returns void
language sql security definer set search_path = '' as $$
  select realtime.send(jsonb_build_object('request_id', r.id, 'event_id', r.event_id, 'kind', r.kind, 'status', r.status),
                       'request_changed', 'organization:' || r.organization_id, true)
$$;

-- Takes a request back; over already is no error.
create function private.withdraw_request(p_request uuid, p_confirmation uuid default null, p_origin text default 'buyer')
returns public.buyer_requests
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions := private.lock_session();
  made public.buyer_requests;
begin
  select * into made from public.buyer_requests r where r.id = p_request and r.session_id = own.id for update;
  if made.id is null then perform private.fail(404, 'transactions.no_such_request'); end if;
  if made.status <> 'open' then return made; end if;
  perform private.guard('withdraw', jsonb_build_object('request_id', p_request), p_confirmation, p_origin);
  update public.buyer_requests set status = 'withdrawn', ended_at = clock_timestamp() where id = made.id returning * into made;
  perform private.record_fact('request.ended', jsonb_build_object('request_id', made.id, 'status', made.status),
                              own.organization_id, own.event_id, own.id);
  perform private.tell_request(made);
  return made;
end $$;

-- Staff say what became of it.
create function private.end_request(p_request uuid, p_status text) returns public.buyer_requests
language plpgsql security definer set search_path = '' as $$
declare made public.buyer_requests;
begin
  select * into made from public.buyer_requests r where r.id = p_request for update;
  if made.id is null or made.organization_id not in (select private.organizations_of_actor('admin', 'operator', 'specialist')) then
    perform private.fail(404, 'transactions.no_such_request');
  elsif p_status is null or p_status not in ('done', 'declined') then
    perform private.fail(422, 'policy.unknown_request', jsonb_build_object('status', p_status));
  elsif made.status <> 'open' then
    return made;
  end if;
  update public.buyer_requests set status = p_status, ended_at = clock_timestamp(), ended_by = auth.uid()
  where id = made.id returning * into made;
  perform private.record_fact('request.ended', jsonb_build_object('request_id', made.id, 'status', made.status),
                              made.organization_id, made.event_id, made.session_id);
  perform private.tell_request(made);
  return made;
end $$;

-- More refusals in a minute than the document says: one alert per event and ten minutes, heard by the organization.
create function private.note_blocks(p_event uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
  event public.events;
  began timestamptz := date_bin('10 minutes', clock_timestamp(), '2026-01-01T00:00:00Z');
  blocked int;
begin
  select * into event from public.events e where e.id = p_event;
  if exists (select from public.alerts a where a.event_id = p_event and a.kind = 'blocked_spike' and a.window_at = began) then
    return;
  end if;
  select count(*) into blocked from (
    select from public.receipts r where r.event_id = p_event and r.verdict = 'deny'
      and r.created_at > clock_timestamp() - interval '1 minute' limit event.blocked_per_minute + 1) b;
  if blocked <= event.blocked_per_minute then return; end if;
  insert into public.alerts (organization_id, event_id, kind, window_at, facts)
  values (event.organization_id, event.id, 'blocked_spike', began,
          jsonb_build_object('slug', event.slug, 'limit', event.blocked_per_minute))
  on conflict do nothing;
  if found then
    perform realtime.send(jsonb_build_object('kind', 'blocked_spike', 'event_id', event.id, 'slug', event.slug,
        'limit', event.blocked_per_minute), 'alert', 'organization:' || event.organization_id, true);
  end if;
end $$;

-- What an anchor is hashed over: its place in the chain and the heads in the order of the conversations.
create function private.anchor_sha256(a public.receipt_anchors) returns text
language sql immutable set search_path = '' as $$
  select encode(sha256(convert_to(concat_ws(E'\n', a.previous, a.organization_id, a.n,
    (extract(epoch from a.created_at) * 1000000)::bigint, (extract(epoch from a.sealed_until) * 1000000)::bigint,
    (select string_agg(h.key || ' ' || (h.value ->> 0) || ' ' || (h.value ->> 1), E'\n' order by h.key collate "C")
     from jsonb_each(a.heads) h)), 'UTF8')), 'hex')
$$;

-- Seals the chains that have grown since the last seal, per organization. The last minutes are looked at again: a receipt
-- counts from its commit, not from its clock. A worker asks every minute.
create function private.seal_receipts(p_most int default 1000) returns int
language plpgsql security definer set search_path = '' as $$
declare
  organization uuid;
  last public.receipt_anchors;
  a public.receipt_anchors;
  sealed int := 0;
begin
  if not private.acts_as_system() then perform private.fail(403, 'core.not_allowed'); end if;
  perform pg_advisory_xact_lock(hashtext('private.seal_receipts'));
  for organization in select o.id from public.organizations o order by o.id loop
    select * into last from public.receipt_anchors x where x.organization_id = organization order by x.n desc limit 1;
    a := null;
    select jsonb_object_agg(g.session_id, jsonb_build_array(g.n, r.sha256)), max(g.until) into a.heads, a.sealed_until
    from (select r.session_id, max(r.n) as n, max(r.created_at) as until from public.receipts r
          where r.organization_id = organization
            and r.created_at > coalesce(last.sealed_until - interval '10 minutes', '-infinity')
          group by r.session_id
          having not exists (
            select from public.receipt_anchors x where x.organization_id = organization
              and x.created_at > coalesce(last.sealed_until - interval '20 minutes', '-infinity')
              and (x.heads -> r.session_id::text ->> 0)::int = max(r.n))
          order by max(r.created_at) limit p_most) g
    join public.receipts r on r.session_id = g.session_id and r.n = g.n;
    continue when a.heads is null;
    a.organization_id := organization;
    a.n := coalesce(last.n, 0) + 1;
    a.created_at := clock_timestamp();
    a.previous := coalesce(last.sha256, repeat('0', 64));
    a.sha256 := private.anchor_sha256(a);
    insert into public.receipt_anchors values (a.*);
    update public.organizations set seal_count = a.n, seal_head = a.sha256 where id = organization;
    sealed := sealed + 1;
  end loop;
  return sealed;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.make_request(text, bigint, jsonb, text, uuid, text), private.withdraw_request(uuid, uuid, text) to anon;
grant execute on function private.end_request(uuid, text) to authenticated;
grant execute on function private.seal_receipts(int) to service_role;
