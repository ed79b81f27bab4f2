-- The guard: every verb of a buyer passes here, next to the row it changes, whoever calls. And the buyer's yes, bound to
-- exactly what was asked.

create table private.confirmations (
  id uuid primary key default gen_random_uuid(),
  session_id uuid not null references public.sessions on delete cascade,
  verb text not null,
  inputs_sha256 text not null,
  terms jsonb not null,
  origin text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null default clock_timestamp() + interval '15 minutes',
  used_at timestamptz
);
create index confirmations_session on private.confirmations (session_id);
create index confirmations_expiry on private.confirmations (expires_at);
alter table private.confirmations enable row level security;

-- Kill switches as they are now: of the event, and of the whole organization (its flags of the same names).
create function private.kills_of(event public.events) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('ai_off', event.ai_off or coalesce(bool_or(f.name = 'ai_off'), false),
    'mutating_tools_off', event.actions_off or coalesce(bool_or(f.name = 'mutating_tools_off'), false),
    'force_strict', event.force_strict or coalesce(bool_or(f.name = 'force_strict'), false))
  from public.organization_flags f
  where f.organization_id = event.organization_id and f.is_on and f.name in ('ai_off', 'mutating_tools_off', 'force_strict')
$$;

-- The same arguments in one form, and none but those of the verb.
create function private.exact_arguments(p_verb text, p_arguments jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  given jsonb := jsonb_strip_nulls(coalesce(p_arguments, '{}'));
  known text[] := case p_verb when 'release' then array['hold_id'] when 'share' then array['contact']
                  when 'hold' then array['listing_id'] when 'withdraw' then array['request_id']
                  else array['listing_id', 'details'] end;
begin
  if jsonb_typeof(given) <> 'object' or given - known <> '{}'
     or (p_verb = 'hold' and not given ? 'listing_id') or (p_verb = 'release' and not given ? 'hold_id')
     or (given ? 'listing_id' and not (given ->> 'listing_id') ~ '^[0-9]{1,18}$') then
    perform private.fail(422, 'policy.wrong_arguments', jsonb_build_object('verb', p_verb, 'expected', known));
  end if;
  if given ? 'listing_id' then
    given := given || jsonb_build_object('listing_id', (given ->> 'listing_id')::bigint);
  end if;
  return given;
end $$;

-- Raises unless what the verb is about belongs to the conversation's own event and can be seen there.
create function private.demand_scope(own public.sessions, event public.events, p_verb text, p_arguments jsonb) returns void
language plpgsql stable security definer set search_path = '' as $$
begin
  if p_arguments ? 'listing_id' and not exists (
    select from public.listings l where l.id = (p_arguments ->> 'listing_id')::bigint and l.event_id = own.event_id and l.listed) then
    perform private.fail(404, 'catalogue.no_such_listing', jsonb_build_object('listing_id', p_arguments -> 'listing_id'));
  end if;
  if private.verb_kind(p_verb) = 'open' then return; end if;
  if event.closes_at <= clock_timestamp() then
    perform private.fail(410, 'events.closed', jsonb_build_object('slug', event.slug));
  elsif event.status <> 'live' then
    perform private.fail(410, 'events.' || event.status, jsonb_build_object('slug', event.slug));
  end if;
end $$;

-- What the buyer says yes to beside the arguments: if any of it is different by then, the yes was to something else.
create function private.terms_of(own public.sessions, event public.events, p_verb text, p_arguments jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce((select jsonb_build_object('price_minor', l.price_minor, 'currency', l.currency, 'record', l.content_sha256)
                   from public.listings l where l.id = (p_arguments ->> 'listing_id')::bigint), '{}')
    || case when p_verb in ('hold', 'deposit')
       then jsonb_build_object('hold_seconds', event.hold_ttl_s, 'deposit_required', event.deposit_required)
         || case when event.deposit_required or p_verb = 'deposit' then jsonb_build_object('deposit', (
              select v.document #> '{conversion,deposit}' from public.event_versions v where v.id = own.version_id)) else '{}' end
       when p_verb = 'share'
       then jsonb_build_object('wishes', encode(sha256(convert_to(jsonb_build_array(
              own.state -> 'filters', own.state -> 'signals')::text, 'UTF8')), 'hex'))  -- all that dealers are told
       else '{}' end
$$;

-- The conversation's policy for a verb. What nothing blocks needs none.
create function private.policy_for(own public.sessions, p_verb text) returns public.policy_snapshots
language plpgsql stable security definer set search_path = '' as $$
declare found public.policy_snapshots;
begin
  select * into found from public.policy_snapshots p where p.session_id = own.id order by p.number desc limit 1;
  if private.verb_kind(p_verb) is distinct from 'open'
     and (found.session_id is null or found.expires_at <= clock_timestamp() or found.version_id <> own.version_id) then
    perform private.fail(409, 'policy.refresh_needed');
  end if;
  return found;
end $$;

-- How often a minute one conversation may do what.
create function private.demand_pace(own public.sessions, p_verb text, p_verdict text) returns void
language plpgsql stable security definer set search_path = '' as $$
declare
  most int := case when p_verdict = 'confirm' then 60 when private.verb_kind(p_verb) = 'open' then 60
              when p_verb = 'hold' then 20 else 10 end;
begin
  if (select count(*) from public.receipts r where r.session_id = own.id and r.n > own.receipt_count - 200 and r.verb = p_verb
      and r.verdict = p_verdict and r.created_at > clock_timestamp() - interval '1 minute') >= most then
    perform private.fail(429, 'policy.too_fast', jsonb_build_object('verb', p_verb, 'retry_after_s', 60));
  end if;
end $$;

-- Uses a yes up. The row's lock lets one of two succeed; what it was for must be what is done.
create function private.use_confirmation(
  own public.sessions, p_confirmation uuid, p_verb text, p_inputs_sha256 text, p_terms jsonb
) returns void
language plpgsql security definer set search_path = '' as $$
declare kept private.confirmations;
begin
  select * into kept from private.confirmations c where c.id = p_confirmation and c.session_id = own.id for update;
  if kept.id is null or kept.verb <> p_verb or kept.inputs_sha256 <> p_inputs_sha256 then
    perform private.fail(409, 'policy.confirmation_mismatch', jsonb_build_object('verb', p_verb));
  elsif kept.used_at is not null then
    perform private.fail(409, 'policy.confirmation_used', jsonb_build_object('verb', p_verb));
  elsif kept.expires_at <= clock_timestamp() then
    perform private.fail(409, 'policy.confirmation_stale', jsonb_build_object('verb', p_verb));
  elsif kept.terms <> p_terms then
    perform private.fail(409, 'policy.terms_changed', jsonb_build_object('verb', p_verb, 'before', kept.terms, 'now', p_terms));
  end if;
  update private.confirmations set used_at = clock_timestamp() where id = kept.id;
end $$;

-- Lets a verb of the caller's conversation through, or raises; called by every function that changes something for a buyer,
-- with the lock on the conversation held from here on. p_standing: what the buyer said yes to before and has not taken back.
-- Raises MX404 discovery.no_such_session, catalogue.no_such_listing; MX403 policy.denied; MX409 events.actions_off,
-- policy.refresh_needed, policy.confirmation_needed|mismatch|used|stale, policy.terms_changed; MX410; MX429 policy.too_fast.
create function private.guard(
  p_verb text, p_arguments jsonb, p_confirmation uuid default null, p_origin text default 'buyer', p_standing boolean default false
) returns int
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions := private.lock_session();
  event public.events;
  snapshot public.policy_snapshots;
  arguments jsonb := private.exact_arguments(p_verb, p_arguments);
  inputs text := private.inputs_sha256(p_verb, arguments);
  kills jsonb;
  found jsonb;
begin
  select * into event from public.events e where e.id = own.event_id;
  perform private.demand_scope(own, event, p_verb, arguments);
  kills := private.kills_of(event);
  if kills -> 'mutating_tools_off' = 'true' and private.verb_kind(p_verb) = 'act' then
    perform private.fail(409, 'events.actions_off', jsonb_build_object('slug', event.slug));
  end if;
  snapshot := private.policy_for(own, p_verb);
  found := private.policy_verdict(snapshot.policy, kills, jsonb_build_object(
    'verb', p_verb, 'origin', p_origin, 'has_confirmation', p_confirmation is not null or p_standing));
  if found ->> 'verdict' = 'deny' then
    perform private.fail(403, 'policy.denied', jsonb_build_object('verb', p_verb, 'reasons', found -> 'reasons'));
  elsif found ->> 'verdict' = 'confirm' then
    perform private.fail(409, 'policy.confirmation_needed', jsonb_build_object('verb', p_verb, 'reasons', found -> 'reasons'));
  end if;
  perform private.demand_pace(own, p_verb, 'allow');
  if p_confirmation is not null then
    perform private.use_confirmation(own, p_confirmation, p_verb, inputs, private.terms_of(own, event, p_verb, arguments));
  end if;
  return private.append_receipts(own.id, jsonb_build_array(jsonb_build_object(
    'verb', p_verb, 'origin', p_origin, 'verdict', 'allow', 'reasons', found -> 'reasons', 'inputs_sha256', inputs,
    'policy_sha256', snapshot.sha256, 'confirmation', p_confirmation)));
end $$;

-- What the policy says of a verb, and a token for the buyer's yes to exactly this: one use, 15 minutes.
-- Gives {verdict, reasons, confirmation, expires_at, arguments, terms}; a denied verb has no confirmation.
create function private.prepare_action(p_verb text, p_arguments jsonb, p_origin text default 'buyer') returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions := private.lock_session();
  event public.events;
  snapshot public.policy_snapshots;
  arguments jsonb := private.exact_arguments(p_verb, p_arguments);
  inputs text := private.inputs_sha256(p_verb, arguments);
  found jsonb;
  terms jsonb;
  token private.confirmations;
begin
  select * into event from public.events e where e.id = own.event_id;
  perform private.demand_scope(own, event, p_verb, arguments);
  snapshot := private.policy_for(own, p_verb);
  found := private.policy_verdict(snapshot.policy, private.kills_of(event), jsonb_build_object('verb', p_verb, 'origin', p_origin));
  if found ->> 'verdict' = 'deny' then
    perform private.record_block(p_verb, arguments, p_origin, array(select jsonb_array_elements_text(found -> 'reasons')));
    return found - 'tool' || jsonb_build_object('confirmation', null, 'expires_at', null, 'arguments', arguments, 'terms', '{}'::jsonb);
  end if;
  perform private.demand_pace(own, p_verb, 'confirm');
  terms := private.terms_of(own, event, p_verb, arguments);
  insert into private.confirmations (session_id, verb, inputs_sha256, terms, origin)
  values (own.id, p_verb, inputs, terms, p_origin) returning * into token;
  perform private.append_receipts(own.id, jsonb_build_array(jsonb_build_object(
    'verb', p_verb, 'origin', p_origin, 'verdict', 'confirm', 'reasons', found -> 'reasons', 'inputs_sha256', inputs,
    'policy_sha256', snapshot.sha256, 'confirmation', token.id)));
  return found - 'tool' || jsonb_build_object('confirmation', token.id, 'expires_at', token.expires_at,
                                              'arguments', arguments, 'terms', terms);
end $$;

-- The receipt of a refusal, in a transaction of its own: the refused one has left nothing behind. A conversation that is
-- refused very often is counted up to a point and then no more.
create function private.record_block(p_verb text, p_arguments jsonb, p_origin text, p_reasons text[]) returns void
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions;
begin
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null or (
    select count(*) from public.receipts r where r.session_id = own.id and r.n > own.receipt_count - 200 and r.verdict = 'deny'
      and r.created_at > clock_timestamp() - interval '1 minute') >= 60 then
    return;
  end if;
  perform private.append_receipts(own.id, jsonb_build_array(jsonb_build_object(
    'verb', case when private.verb_kind(p_verb) is null then 'unknown' else p_verb end,
    'origin', case when p_origin in ('guide', 'job') then p_origin else 'buyer' end, 'verdict', 'deny',
    'reasons', (select coalesce(jsonb_agg(left(regexp_replace(lower(r), '[^a-z0-9_.:-]', '_', 'g'), 80)), '[]')
                from unnest(p_reasons[1:10]) r),
    'inputs_sha256', private.inputs_sha256(coalesce(p_verb, ''), jsonb_strip_nulls(coalesce(p_arguments, '{}'))),
    'policy_sha256', (select p.sha256 from public.policy_snapshots p where p.session_id = own.id order by p.number desc limit 1))));
  perform private.note_blocks(own.event_id);
end $$;

-- Decisions that change nothing, as they were made by the application (a search, a call of a model): their receipts.
-- p_entries as `append_receipts` takes them; nothing that acts can be written down here.
create function private.record_receipts(p_entries jsonb) returns int
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions := private.lock_session();
  sha text := (select p.sha256 from public.policy_snapshots p where p.session_id = own.id order by p.number desc limit 1);
begin
  if jsonb_typeof(p_entries) is distinct from 'array' or jsonb_array_length(p_entries) > 50
     or exists (select from jsonb_array_elements(p_entries) e where private.verb_kind(e.value ->> 'verb') in ('act', 'open')
                and e.value ->> 'verdict' = 'allow') then
    perform private.fail(422, 'policy.wrong_arguments', jsonb_build_object('verb', 'receipts', 'expected', array['read-only decisions']));
  end if;
  return private.append_receipts(own.id, coalesce((select jsonb_agg(e.value - 'confirmation' || jsonb_build_object('policy_sha256', sha)
                                 order by e.n) from jsonb_array_elements(p_entries) with ordinality e (value, n)), '[]'));
end $$;

create function private.record_receipt(p_verb text, p_origin text, p_verdict text, p_reasons text[], p_inputs_sha256 text) returns int
language sql security definer set search_path = '' as $$
  select private.record_receipts(jsonb_build_array(jsonb_build_object('verb', p_verb, 'origin', p_origin, 'verdict', p_verdict,
                                 'reasons', p_reasons, 'inputs_sha256', p_inputs_sha256)))
$$;

-- The next policy of the caller's conversation, by its own wish or because the last one's time is over.
create function private.refresh_policy(p_policy jsonb, p_facts jsonb, p_reason text) returns int
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions := private.lock_session();
  kept public.policy_snapshots;
begin
  perform private.demand_pace(own, 'policy', 'allow');
  kept := private.keep_snapshot(own, p_policy, p_facts, p_reason);
  perform private.record_fact('policy.refreshed', jsonb_build_object('number', kept.number, 'profile', kept.profile, 'reason', p_reason),
                              own.organization_id, own.event_id, own.id);
  return kept.number;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.prepare_action(text, jsonb, text), private.record_block(text, jsonb, text, text[]),
  private.record_receipts(jsonb), private.record_receipt(text, text, text, text[], text),
  private.refresh_policy(jsonb, jsonb, text) to anon;
