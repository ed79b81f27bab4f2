-- Of two words about a visitor's wishes the newer one counts, in whatever order they arrive. `updated_at` says when the wishes
-- were last said, not when somebody looked.

-- A conversation of yesterday, a transaction that began earlier and ends later: neither takes back what was said since.
create function private.keep_newer_wishes() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.updated_at < old.updated_at and old.wishes <> '{}' and old.expires_at > now() then
    new.wishes := old.wishes;
    new.updated_at := old.updated_at;
  end if;
  return new;
end $$;
create trigger keep_newer_wishes before update on public.buyer_memories
  for each row execute function private.keep_newer_wishes();

-- Ties the caller's conversation to a visitor who agreed to be remembered. A fresh one gets the wishes kept and since when they
-- stand, {wishes, as_of}, null where there are none; in one that is under way, what was wished for so far is kept at once. The
-- secret is as long as one that nobody guesses. Raises MX422 discovery.weak_visitor; MX404 discovery.no_such_session.
create or replace function private.recall_visitor(p_visitor text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions;
  visitor bytea := sha256(convert_to(p_visitor, 'UTF8'));
  kept public.buyer_memories;
begin
  if p_visitor is null or p_visitor !~ '^[A-Za-z0-9_-]{22,100}$' then perform private.fail(422, 'discovery.weak_visitor'); end if;
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  insert into public.buyer_memories as memory (event_id, visitor_sha256, organization_id, wishes, updated_at, expires_at)
  values (own.event_id, visitor, own.organization_id, case when own.turn_count > 0 then own.state else '{}' end,
          own.last_seen_at, now() + interval '180 days')
  on conflict (event_id, visitor_sha256) do update set expires_at = excluded.expires_at,
    wishes = case when excluded.wishes <> '{}' or memory.expires_at <= now() then excluded.wishes else memory.wishes end,
    updated_at = case when excluded.wishes <> '{}' or memory.expires_at <= now() then excluded.updated_at else memory.updated_at end
  returning * into kept;
  update public.sessions set visitor_sha256 = visitor where id = own.id;
  if own.turn_count > 0 or kept.wishes = '{}' then return null; end if;
  return jsonb_build_object('wishes', kept.wishes, 'as_of', kept.updated_at);
end $$;

revoke execute on all functions in schema private from public;
