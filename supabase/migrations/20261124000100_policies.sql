-- What a conversation may do: its policy, kept as it was decided; the one decision about a verb; what every decision leaves.

alter table public.events
  add column ai_off boolean not null default false,
  add column force_strict boolean not null default false,
  add column blocked_per_minute int not null default 20 check (blocked_per_minute > 0);
update public.events e set
  ai_off = coalesce((v.document #>> '{safety,ai_off}')::boolean, false),
  force_strict = coalesce((v.document #>> '{safety,force_strict}')::boolean, false),
  blocked_per_minute = coalesce((v.document #>> '{policy,blocked_per_minute}')::int, 20)
from public.event_versions v where v.id = e.current_version_id;

-- The end of the conversation's chain of receipts: whoever takes the last ones away has to take this along.
alter table public.sessions
  add column receipt_count int not null default 0,
  add column receipt_head text not null default repeat('0', 64),
  add column is_guarded boolean not null default false;  -- whatever happens in it leaves receipts
alter table public.sessions alter column is_guarded set default true;

-- The end of the organization's chain of seals, likewise.
alter table public.organizations
  add column seal_count int not null default 0,
  add column seal_head text not null default repeat('0', 64);

-- The policy a conversation was given. A refresh adds the next; nothing is ever changed.
create table public.policy_snapshots (
  session_id uuid not null references public.sessions on delete cascade,
  number int not null check (number > 0),
  event_id uuid not null,
  organization_id uuid not null,
  version_id uuid not null,
  profile text not null,
  policy jsonb not null,
  sha256 text not null,
  facts jsonb not null default '{}',  -- campaign words alone; what tells more of a person is in sealed_facts
  sealed_facts bytea,
  trace jsonb not null default '[]',
  reason text not null check (length(reason) between 1 and 200),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  primary key (session_id, number),
  check (octet_length(facts::text) <= 20000 and octet_length(policy::text) <= 200000)
);
create index policy_snapshots_event on public.policy_snapshots (event_id, created_at desc);

-- Every decision. Without a foreign key: a receipt outlives the conversation it is about.
create table public.receipts (
  session_id uuid not null,
  n int not null check (n > 0),
  created_at timestamptz not null default clock_timestamp(),
  event_id uuid not null,
  organization_id uuid not null,
  version_id uuid not null,
  turn int not null,
  verb text not null check (verb ~ '^[a-z_]{1,40}$'),
  origin text not null check (origin in ('buyer', 'guide', 'job')),
  verdict text not null check (verdict in ('allow', 'confirm', 'deny')),
  reasons text[] not null check (array_to_string(reasons, ',') ~ '^[a-z0-9_.,:-]*$' and cardinality(reasons) <= 30
    -- none holds a comma: joined by commas they are hashed
    and coalesce(array_length(string_to_array(array_to_string(reasons, ','), ','), 1), 0) = cardinality(reasons)),
  inputs_sha256 text not null check (inputs_sha256 ~ '^[0-9a-f]{64}$'),
  policy_sha256 text not null default '',
  confirmation uuid,
  previous text not null,
  sha256 text not null,
  primary key (session_id, n)
);
create index receipts_organization on public.receipts (organization_id, created_at);
create index receipts_blocked on public.receipts (event_id, created_at) where verdict = 'deny';

create function private.refuse_while_kept() returns trigger
language plpgsql set search_path = '' as $$
begin
  -- it goes with its conversation, and not before
  if tg_op = 'DELETE' and not exists (select from public.sessions s where s.id = old.session_id) then return old; end if;
  perform private.fail(409, 'core.immutable', jsonb_build_object('table', tg_table_name, 'operation', tg_op));
  return null;
end $$;
create trigger refuse_change before update or delete on public.policy_snapshots
  for each row execute function private.refuse_while_kept();
create trigger refuse_change before update or delete on public.receipts
  for each row execute function private.refuse_change();
create trigger refuse_truncate before truncate on public.policy_snapshots execute function private.refuse_change();
create trigger refuse_truncate before truncate on public.receipts execute function private.refuse_change();

alter table public.policy_snapshots enable row level security;
alter table public.receipts enable row level security;
revoke all on public.policy_snapshots, public.receipts from anon, authenticated;
grant select on public.policy_snapshots, public.receipts to authenticated;
create policy policy_snapshots_read on public.policy_snapshots for select to authenticated
  using (organization_id in (select private.organizations_where('view_config')));
create policy receipts_read on public.receipts for select to authenticated
  using (organization_id in (select private.organizations_where('view_config')));

-- What the pages and tools of the product can do. `is_open`: taking back and asking for a person, which nothing blocks.
create function private.verb_kind(p_verb text) returns text
language sql immutable set search_path = '' as $$
  select case
    when p_verb in ('search', 'compare', 'similar', 'documents') then 'read'
    when p_verb in ('release', 'withdraw', 'hand_off', 'survey') then 'open'
    when p_verb in ('hold', 'deposit', 'book', 'info', 'message', 'offer', 'remind', 'share', 'reveal') then 'act'
  end
$$;

-- Why a verb of an allowed tool needs the buyer's yes; none where it needs none.
create function private.confirm_reasons(p_policy jsonb, p_strict boolean, p_verb text, p_origin text, p_confirm boolean, p_idempotent boolean)
returns text[]
language sql immutable set search_path = '' as $$
  select array_remove(array[
    case when p_strict then 'force_strict' end,
    case p_policy ->> 'autonomy'
      when 'assisted-auto' then null
      when 'balanced' then case when p_confirm or not p_idempotent then 'balanced' end
      else 'strict' end,
    case when p_confirm then 'tool_confirms' end,
    case when p_policy ->> 'compliance' is distinct from 'standard'
      and p_verb in ('hold', 'deposit', 'reveal', 'share', 'offer') then 'compliance' end,
    case when p_origin = 'guide' and (p_policy ->> 'autonomy' is distinct from 'assisted-auto' or p_confirm) then 'guide' end
  ], null)
$$;

-- The one decision about a verb, for the guard, the simulator and the replay alike. Default-deny.
-- p_policy as the snapshot has it; p_kills {ai_off, mutating_tools_off, force_strict}; p_call {verb, origin, has_confirmation}.
-- Gives {verdict: allow | confirm | deny, reasons: [codes], tool}.
create function private.policy_verdict(p_policy jsonb, p_kills jsonb, p_call jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  verb text := p_call ->> 'verb';
  origin text := p_call ->> 'origin';
  kind text := private.verb_kind(verb);
  may_confirm boolean := origin <> 'guide';  -- the guide may prepare; only the buyer's own call confirms
  confirmed boolean := coalesce((p_call ->> 'has_confirmation')::boolean, false);
  tool text;
  confirm boolean;
  idempotent boolean;
  why text[];
begin
  if kind is null then
    return jsonb_build_object('verdict', 'deny', 'reasons', array['unknown_verb'], 'tool', null);
  elsif origin is null or origin not in ('buyer', 'guide', 'job') then
    return jsonb_build_object('verdict', 'deny', 'reasons', array['unknown_origin'], 'tool', null);
  end if;
  -- several tools may do the same: what the strictest of them asks for holds
  select (array_agg(t.value ->> 'name' order by t.n))[1], bool_or(t.value -> 'confirm' is distinct from 'false'),
         bool_and(t.value -> 'idempotent' is not distinct from 'true')
  into tool, confirm, idempotent
  from jsonb_array_elements(case when jsonb_typeof(p_policy -> 'tools') = 'array' then p_policy -> 'tools' else '[]' end)
    with ordinality t (value, n) where t.value ->> 'verb' = verb;
  why := array_remove(array[
    case when origin = 'guide' and p_kills -> 'ai_off' = 'true' then 'ai_off' end,
    case when kind = 'act' and p_kills -> 'mutating_tools_off' = 'true' then 'mutating_tools_off' end,
    case when kind <> 'open' and tool is null then 'not_in_policy' end,
    case when confirmed and not may_confirm then 'guide_cannot_confirm' end], null);
  if why <> '{}' then
    return jsonb_build_object('verdict', 'deny', 'reasons', why, 'tool', tool);
  end if;
  why := case
    when kind = 'read' or verb in ('hand_off', 'survey') then '{}'
    when kind = 'open' then case when origin = 'guide' then array['guide'] else '{}'::text[] end
    else private.confirm_reasons(p_policy, p_kills -> 'force_strict' = 'true', verb, origin, confirm, idempotent) end;
  if why = '{}' then
    return jsonb_build_object('verdict', 'allow', 'reasons', array[case kind when 'open' then 'always_open' else 'tool_allowed' end],
                              'tool', tool);
  elsif confirmed then
    return jsonb_build_object('verdict', 'allow', 'reasons', array['confirmed'], 'tool', tool);
  end if;
  return jsonb_build_object('verdict', 'confirm', 'reasons', why, 'tool', tool);
end $$;

-- What a receipt is hashed over: one field per line, none of which can hold a line break.
create function private.receipt_sha256(r public.receipts) returns text
language sql immutable set search_path = '' as $$
  select encode(sha256(convert_to(array_to_string(array[
    r.previous, r.session_id::text, r.n::text, (extract(epoch from r.created_at) * 1000000)::bigint::text, r.event_id::text,
    r.organization_id::text, r.version_id::text, r.turn::text, r.verb, r.origin, r.verdict, array_to_string(r.reasons, ','),
    r.inputs_sha256, r.policy_sha256, coalesce(r.confirmation::text, '')], E'\n'), 'UTF8')), 'hex')
$$;

-- Adds receipts to the conversation's chain: [{verb, origin, verdict, reasons, inputs_sha256, policy_sha256, confirmation}].
-- The caller holds the lock on the conversation's row. Gives the number of the last.
create function private.append_receipts(p_session uuid, p_entries jsonb) returns int
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions;
  entry jsonb;
  r public.receipts;
begin
  select * into own from public.sessions s where s.id = p_session;
  for entry in select value from jsonb_array_elements(p_entries) loop
    r := null;
    r.session_id := own.id;
    r.n := own.receipt_count + 1;
    r.created_at := clock_timestamp();
    r.event_id := own.event_id;
    r.organization_id := own.organization_id;
    r.version_id := own.version_id;
    r.turn := own.turn_count;
    r.verb := entry ->> 'verb';
    r.origin := entry ->> 'origin';
    r.verdict := entry ->> 'verdict';
    r.reasons := array(select jsonb_array_elements_text(coalesce(entry -> 'reasons', '[]')));
    r.inputs_sha256 := entry ->> 'inputs_sha256';
    r.policy_sha256 := coalesce(entry ->> 'policy_sha256', '');
    r.confirmation := (entry ->> 'confirmation')::uuid;
    r.previous := own.receipt_head;
    r.sha256 := private.receipt_sha256(r);
    insert into public.receipts values (r.*);
    own.receipt_count := r.n;
    own.receipt_head := r.sha256;
  end loop;
  update public.sessions set receipt_count = own.receipt_count, receipt_head = own.receipt_head where id = own.id;
  return own.receipt_count;
end $$;

create function private.inputs_sha256(p_verb text, p_arguments jsonb) returns text
language sql immutable set search_path = '' as $$
  select encode(sha256(convert_to(p_verb || E'\n' || p_arguments, 'UTF8')), 'hex')
$$;

-- What the receipt of a snapshot is hashed over: each field with its length before it, so that none can pass for another.
-- What is sealed in it proves itself when it is opened, and may be sealed anew.
create function private.snapshot_sha256(p public.policy_snapshots) returns text
language sql immutable set search_path = '' as $$
  select encode(sha256(convert_to(string_agg(octet_length(f.field) || ':' || f.field, E'\n' order by f.n), 'UTF8')), 'hex')
  from unnest(array[
    p.session_id::text, p.number::text, p.event_id::text, p.organization_id::text, p.version_id::text, p.profile, p.policy::text,
    p.sha256, p.facts::text, case when p.sealed_facts is null then '' else 'sealed' end, p.trace::text, p.reason,
    (extract(epoch from p.created_at) * 1000000)::bigint::text, (extract(epoch from p.expires_at) * 1000000)::bigint::text
  ]) with ordinality f (field, n)
$$;

-- The conversation the token speaks for, locked: its writers queue here.
create function private.lock_session() returns public.sessions
language plpgsql security definer set search_path = '' as $$
declare own public.sessions;
begin
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null or own.event_id is distinct from private.session_event_id() then
    perform private.fail(404, 'discovery.no_such_session');
  end if;
  return own;
end $$;

-- Keeps a policy for a conversation. p_facts: what it was decided from, with its `trace` and, sealed by the application,
-- what tells more than campaign words (`sealed`).
create function private.keep_snapshot(own public.sessions, p_policy jsonb, p_facts jsonb, p_reason text) returns public.policy_snapshots
language plpgsql security definer set search_path = '' as $$
declare
  kept public.policy_snapshots;
  facts jsonb := coalesce(p_facts, '{}');
begin
  if jsonb_typeof(p_policy -> 'tools') is distinct from 'array'
     or coalesce(p_policy ->> 'autonomy', '') not in ('strict', 'balanced', 'assisted-auto') then
    perform private.fail(422, 'policy.not_a_policy');
  end if;
  insert into public.policy_snapshots (session_id, number, event_id, organization_id, version_id, profile, policy, sha256, facts,
                                       sealed_facts, trace, reason, expires_at)
  values (own.id, 1 + coalesce((select max(s.number) from public.policy_snapshots s where s.session_id = own.id), 0),
          own.event_id, own.organization_id, own.version_id, coalesce(p_policy ->> 'profile', 'default'), p_policy,
          encode(sha256(convert_to(p_policy::text, 'UTF8')), 'hex'), facts - 'trace' - 'sealed',
          convert_to(facts ->> 'sealed', 'UTF8'), coalesce(facts -> 'trace', '[]'), p_reason,
          clock_timestamp() + make_interval(mins => coalesce((p_policy ->> 'snapshot_minutes')::int, 240)))
  returning * into kept;
  perform private.append_receipts(own.id, jsonb_build_array(jsonb_build_object(
    'verb', 'policy', 'origin', 'job', 'verdict', 'allow', 'reasons', jsonb_build_array('snapshot_' || kept.number),
    'inputs_sha256', private.snapshot_sha256(kept), 'policy_sha256', kept.sha256)));
  return kept;
end $$;

-- The policy of the caller's conversation, and whether it still stands: it ends by the clock, and when the conversation is
-- carried over to another version.
create function private.current_policy()
returns table (number int, profile text, policy jsonb, sha256 text, facts jsonb, sealed_facts text, expires_at timestamptz,
               is_fresh boolean)
language sql stable security definer set search_path = '' as $$
  select p.number, p.profile, p.policy, p.sha256, p.facts, convert_from(p.sealed_facts, 'UTF8'), p.expires_at,
         p.expires_at > clock_timestamp() and p.version_id = s.version_id
  from public.policy_snapshots p join public.sessions s on s.id = p.session_id
  where s.id = private.session_id() order by p.number desc limit 1
$$;

revoke execute on all functions in schema private from public;
grant execute on function private.policy_verdict(jsonb, jsonb, jsonb), private.current_policy() to anon, authenticated;
