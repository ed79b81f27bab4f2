-- What a nightly job tidies. Everything works without it; tables would only grow.

-- Anybody may end what has run out: the clock decides, not the caller.
grant execute on function private.sweep_holds(int) to anon;

create function private.keep_house(p_now timestamptz default now()) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform private.add_journal_month((date_trunc('month', p_now) + make_interval(months => n))::date) from generate_series(0, 2) n;
  delete from private.answers a where a.created_at < p_now - interval '7 days';
  delete from private.web_sessions w where w.expires_at < p_now - interval '1 day';
  delete from public.invitations i where i.expires_at < p_now - interval '30 days' and i.accepted_at is null;
  begin  -- hosted Supabase purges its messages itself and does not let us
    delete from realtime.messages m where m.inserted_at < p_now - interval '3 days';
  exception when insufficient_privilege then null;
  end;
end $$;
