-- Consent to be remembered that is given in the middle of a conversation; and what still waits for a buyer who comes back.

-- Ties the caller's conversation to a visitor who agreed to be remembered. A fresh one gets the wishes kept, null where there
-- are none; in one that is under way, what was wished for so far is kept at once. The secret is as long as one that nobody
-- guesses. Raises MX422 discovery.weak_visitor; MX404 discovery.no_such_session.
create function private.recall_visitor(p_visitor text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions;
  visitor bytea := sha256(convert_to(p_visitor, 'UTF8'));
  wishes_so_far jsonb;
  kept jsonb;
begin
  if p_visitor is null or p_visitor !~ '^[A-Za-z0-9_-]{22,100}$' then perform private.fail(422, 'discovery.weak_visitor'); end if;
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  wishes_so_far := case when own.turn_count > 0 then own.state end;
  insert into public.buyer_memories as memory (event_id, visitor_sha256, organization_id, wishes, expires_at)
  values (own.event_id, visitor, own.organization_id, coalesce(wishes_so_far, '{}'), now() + interval '180 days')
  on conflict (event_id, visitor_sha256) do update set updated_at = now(), expires_at = excluded.expires_at,
    wishes = coalesce(wishes_so_far, case when memory.expires_at <= now() then '{}' else memory.wishes end)
  returning nullif(memory.wishes, '{}') into kept;
  update public.sessions set visitor_sha256 = visitor where id = own.id;
  return case when wishes_so_far is null then kept end;
end $$;

-- Tokens of the caller's own conversation that can still be used. What each is for stands in the answer that offered it.
create function private.open_confirmations() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select c.id from private.confirmations c
  where c.session_id = private.session_id() and c.used_at is null and c.expires_at > clock_timestamp()
$$;

revoke execute on all functions in schema private from public;
grant execute on function private.recall_visitor(text) to anon;
grant execute on function private.open_confirmations() to anon, authenticated;  -- staff have none: their own session is null
