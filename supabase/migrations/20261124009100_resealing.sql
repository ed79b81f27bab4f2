-- Everything that is sealed can be sealed anew, so that an old key can be thrown away. For the operator's command alone.

-- A snapshot never changes; under which key a part of it is sealed may.
create or replace function private.refuse_while_kept() returns trigger
language plpgsql set search_path = '' as $$
begin
  -- it goes with its conversation, and not before
  if tg_op = 'DELETE' and not exists (select from public.sessions s where s.id = old.session_id) then return old; end if;
  if tg_op = 'UPDATE' and tg_table_name = 'policy_snapshots' and private.acts_as_system()
     and to_jsonb(new) - 'sealed_facts' = to_jsonb(old) - 'sealed_facts'
     and (new.sealed_facts is null) = (old.sealed_facts is null) then
    return new;
  end if;
  perform private.fail(409, 'core.immutable', jsonb_build_object('table', tg_table_name, 'operation', tg_op));
  return null;
end $$;

-- Every sealed text: of which kind, its key, and the text as it is.
create view private.sealed_texts as
  select 'credentials' as kind, s.connector_id::text as key, s.sealed from private.connector_secrets s
  union all
  select 'facts', p.session_id || ' ' || p.number, convert_from(p.sealed_facts, 'UTF8') from public.policy_snapshots p
  where p.sealed_facts is not null
  union all
  select 'message', t.id::text, t.sealed_message from public.turns t where t.sealed_message is not null
  union all
  select 'exchange', x.id::text, x.sealed from public.model_exchanges x where x.sealed <> '';

-- Puts a text in the place of another if that is still there.
create function private.reseal(p_kind text, p_key text, p_before text, p_after text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if not private.acts_as_system() then perform private.fail(403, 'core.not_allowed'); end if;
  case p_kind
    when 'credentials' then
      update private.connector_secrets s set sealed = p_after where s.connector_id = p_key::uuid and s.sealed = p_before;
    when 'facts' then
      update public.policy_snapshots p set sealed_facts = convert_to(p_after, 'UTF8')
      where p.session_id = split_part(p_key, ' ', 1)::uuid and p.number = split_part(p_key, ' ', 2)::int
        and p.sealed_facts = convert_to(p_before, 'UTF8');
    when 'message' then
      update public.turns t set sealed_message = p_after where t.id = p_key::bigint and t.sealed_message = p_before;
    when 'exchange' then
      update public.model_exchanges x set sealed = p_after where x.id = p_key::bigint and x.sealed = p_before;
  end case;
  return found;
end $$;

-- The cheap question before the system door is opened: whether any chain has grown since its last seal.
create function private.is_sealing_due() returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from public.organizations o where exists (
      select from public.receipts r where r.organization_id = o.id and r.created_at > coalesce(
        (select a.sealed_until from public.receipt_anchors a where a.organization_id = o.id order by a.n desc limit 1), '-infinity')))
$$;

revoke all on private.sealed_texts from anon, authenticated, service_role;
revoke execute on all functions in schema private from public;
grant execute on function private.is_sealing_due() to anon, authenticated;
