-- Who may listen where. Channels are private; the policies below are asked when somebody joins.

create function private.may_listen(topic text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
  kind text := split_part(topic, ':', 1);
  named uuid;
begin
  begin
    named := split_part(topic, ':', 2)::uuid;
  exception when others then
    return false;  -- `versions` and names that are not ours: the service alone
  end;
  return case kind
    when 'event' then named = private.session_event_id()
      or exists (select from public.events e where e.id = named
                 and e.organization_id in (select private.organizations_of_actor()))
    when 'organization' then named in (select private.organizations_of_actor())
    when 'dealer' then named in (select private.organizations_of_actor())
    else false end;
end $$;
grant execute on function private.may_listen(text) to anon, authenticated;

-- Listening only: what is said on these channels is said by the database.
create policy mpax_listen on realtime.messages for select to anon, authenticated
  using (private.may_listen((select realtime.topic())));
