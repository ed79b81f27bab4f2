-- Looking back over decisions: an event's log in its order, and what a verdict is made of, for whoever may ask for one.

create index receipts_event on public.receipts (event_id, created_at, session_id, n);

revoke execute on all functions in schema private from public;
grant execute on function private.verb_kind(text), private.confirm_reasons(jsonb, boolean, text, text, boolean, boolean)
  to anon, authenticated;
