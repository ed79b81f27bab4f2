-- Facts that are never changed: audit, analytics, and the answers to requests that may be repeated.

create table public.journal (
  id bigint generated always as identity,
  recorded_at timestamptz not null default now(),
  kind text not null check (kind ~ '^[a-z_]+\.[a-z_]+$'),
  organization_id uuid,
  event_id uuid,
  session_id uuid,
  actor_kind text not null,
  actor_id uuid,
  facts jsonb not null default '{}',
  primary key (id, recorded_at)
) partition by range (recorded_at);
create index journal_event_kind on public.journal (event_id, kind, recorded_at);
create index journal_organization on public.journal (organization_id, recorded_at);
create index journal_session on public.journal (session_id) where session_id is not null;

alter table public.journal enable row level security;
revoke all on public.journal from anon, authenticated, service_role;
grant select on public.journal to authenticated, service_role;
create policy journal_read on public.journal for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));

-- Row triggers are inherited by partitions, statement triggers are not: each partition gets its own TRUNCATE guard.
create trigger refuse_change before update or delete on public.journal
  for each row execute function private.refuse_change();

create function private.add_journal_month(month date) returns void
language plpgsql security definer set search_path = '' set lock_timeout = '5s' as $$
declare
  first date := date_trunc('month', month);
  name text := 'journal_' || to_char(first, 'YYYY_MM');
begin
  if to_regclass('public.' || name) is not null then return; end if;
  execute format('create table public.%I partition of public.journal for values from (%L) to (%L)',
                 name, first, first + interval '1 month');
  execute format('alter table public.%I enable row level security', name);
  execute format('revoke all on public.%I from anon, authenticated, service_role', name);
  execute format('create trigger refuse_truncate before truncate on public.%I
                  execute function private.refuse_change()', name);
exception when check_violation then
  return;  -- facts of that month are in the default partition already, and stay there
end $$;
create trigger refuse_truncate before truncate on public.journal execute function private.refuse_change();
select private.add_journal_month((date_trunc('month', now()) + make_interval(months => n))::date) from generate_series(0, 2) n;

-- Facts are never lost for want of a partition.
create table public.journal_default partition of public.journal default;
alter table public.journal_default enable row level security;
revoke all on public.journal_default from anon, authenticated, service_role;
create trigger refuse_truncate before truncate on public.journal_default execute function private.refuse_change();

create function private.record_fact(
  p_kind text, p_facts jsonb default '{}', p_organization uuid default null, p_event uuid default null, p_session uuid default null
) returns void
language sql security definer set search_path = '' as $$
  insert into public.journal (kind, facts, organization_id, event_id, session_id, actor_kind, actor_id)
  values (p_kind, p_facts, p_organization, p_event, coalesce(p_session, private.session_id()),
          case when auth.uid() is not null then 'user' when private.session_id() is not null then 'buyer'
               when current_setting('role', true) in ('anon', 'authenticated') then 'anonymous' else 'system' end,
          auth.uid())
$$;
revoke all on function private.record_fact(text, jsonb, uuid, uuid, uuid) from public;
grant execute on function private.record_fact(text, jsonb, uuid, uuid, uuid) to anon, authenticated, service_role;

create function private.enter_as_system(reason text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if length(trim(reason)) < 8 then raise exception 'a reason is needed to pass row-level security'; end if;
  perform private.record_fact('system.entered', jsonb_build_object('reason', reason));
end $$;
revoke all on function private.enter_as_system(text), private.add_journal_month(date) from public;

-- Idempotency: the answer to a request is kept with its key, in the transaction that did the work.
create table private.answers (
  actor text not null,
  operation text not null,
  key text not null check (length(key) between 1 and 200),
  request_sha256 text not null,
  status int,
  body jsonb,
  created_at timestamptz not null default now(),
  primary key (actor, operation, key)
);
create index answers_created on private.answers (created_at);
alter table private.answers enable row level security;

-- Claims a key. Returns the kept answer if the same request came before; a twin still at work makes this one wait.
create function private.claim_answer(p_operation text, p_key text, p_request_sha256 text)
returns table (status int, body jsonb)
language plpgsql security definer set search_path = '' as $$
declare
  who text := coalesce(auth.uid()::text, private.session_id()::text, 'anonymous');
  kept private.answers;
begin
  insert into private.answers (actor, operation, key, request_sha256)
  values (who, p_operation, p_key, p_request_sha256) on conflict do nothing;
  if found then return; end if;
  select * into kept from private.answers a where a.actor = who and a.operation = p_operation and a.key = p_key;
  if kept.request_sha256 <> p_request_sha256 then
    perform private.fail(409, 'core.key_reused', jsonb_build_object('operation', p_operation));
  end if;
  return query select kept.status, kept.body;
end $$;

create function private.keep_answer(p_operation text, p_key text, p_status int, p_body jsonb) returns void
language sql security definer set search_path = '' as $$
  update private.answers set status = p_status, body = p_body
  where actor = coalesce(auth.uid()::text, private.session_id()::text, 'anonymous') and operation = p_operation and key = p_key
    and status is null
$$;
grant execute on function private.claim_answer(text, text, text), private.keep_answer(text, text, int, jsonb) to anon, authenticated;
