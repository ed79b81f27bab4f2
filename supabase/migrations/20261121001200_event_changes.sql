-- A changed inventory or status reaches every process at once, as a new version does.
create function private.tell_event() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  notice jsonb := jsonb_build_object('event_id', new.id, 'slug', new.slug, 'status', new.status,
                                     'catalogue_revision', new.catalogue_revision);
begin
  perform realtime.send(notice, 'event_changed', 'versions', true);
  perform realtime.send(notice, 'event_changed', 'event:' || new.id, true);
  perform realtime.send(notice, 'event_changed', 'organization:' || new.organization_id, true);
  return null;
end $$;
create trigger tell_event after update on public.events
  for each row when (old.status is distinct from new.status or old.catalogue_revision is distinct from new.catalogue_revision)
  execute function private.tell_event();
