-- A flag of the organization reaches the open pages of its members: a stop switch stands above all of them.

create function private.tell_flag() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  flag public.organization_flags := coalesce(new, old);
begin
  perform realtime.send(jsonb_build_object('name', flag.name, 'is_on', new.is_on), 'flag_changed',
    'organization:' || flag.organization_id, true);
  return null;
end $$;
create trigger tell_flag after insert or update or delete on public.organization_flags
  for each row execute function private.tell_flag();

revoke execute on all functions in schema private from public;
