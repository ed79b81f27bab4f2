-- A buyer's no to what was prepared: the token counts no more, as if its time were over.

-- Ends tokens of the caller's own conversation that wait for a yes still. Gives those that it ended.
create function private.withdraw_confirmations(p_confirmations uuid[]) returns setof uuid
language sql security definer set search_path = '' as $$
  update private.confirmations c set expires_at = clock_timestamp()
  where c.id = any(p_confirmations) and c.session_id = private.session_id() and c.used_at is null
    and c.expires_at > clock_timestamp()
  returning c.id
$$;

insert into private.verbs (name, guard, note) values
('withdraw_confirmations', 'own', 'ends tokens of the own conversation before their time');

revoke execute on all functions in schema private from public;
grant execute on function private.withdraw_confirmations(uuid[]) to anon;
