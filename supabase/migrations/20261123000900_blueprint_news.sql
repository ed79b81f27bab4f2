-- What happens to blueprints and imports is told to the organization as it happens: screens follow without asking.

create function private.tell_blueprint() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  blueprint uuid := (case when tg_table_name = 'blueprints' then to_jsonb(new) ->> 'id' else to_jsonb(new) ->> 'blueprint_id' end)::uuid;
begin
  perform realtime.send(
    jsonb_build_object('blueprint_id', blueprint, 'of', tg_table_name, 'id', new.id, 'status', new.status)
      || case when tg_table_name = 'blueprints' then jsonb_build_object('revision', to_jsonb(new) -> 'revision')
         else jsonb_build_object('stage', to_jsonb(new) -> 'stage', 'done', to_jsonb(new) -> 'done', 'total', to_jsonb(new) -> 'total') end,
    'blueprint_changed', 'organization:' || new.organization_id, true);
  return null;
end $$;

create trigger tell_blueprint after insert or update on public.blueprints
  for each row execute function private.tell_blueprint();
create trigger tell_blueprint after insert or update on public.blueprint_files
  for each row execute function private.tell_blueprint();
create trigger tell_blueprint after insert or update on public.imports
  for each row execute function private.tell_blueprint();

revoke execute on function private.tell_blueprint() from public;
