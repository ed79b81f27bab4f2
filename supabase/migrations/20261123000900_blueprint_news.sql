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

-- Whoever asked for an import says how far it has come and learns whether it is still wanted.
create function private.beat_import(p_import uuid, p_stage text, p_done bigint, p_total bigint, p_rows bigint, p_seconds int)
returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  perform private.demand_inventory((select i.event_id from public.imports i where i.id = p_import));
  return private.note_import(p_import, p_stage, p_done, p_total, p_rows, p_seconds);
end $$;

-- The cheap question before the system door is opened: whether something somebody asked for is left lying.
create function private.is_work_left() returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from public.blueprint_files f
                 where (f.status = 'waiting' and f.updated_at < now() - interval '10 seconds')
                    or (f.status = 'reading' and f.lease_until < now()))
      or exists (select from public.imports i
                 where (i.status = 'queued' and i.created_at < now() - interval '30 seconds')
                    or (i.status = 'running' and i.lease_until < now()))
$$;

revoke execute on function private.tell_blueprint(), private.beat_import(uuid, text, bigint, bigint, bigint, int),
  private.is_work_left() from public;
grant execute on function private.beat_import(uuid, text, bigint, bigint, bigint, int) to authenticated;
grant execute on function private.is_work_left() to anon, authenticated;
