-- Which column of a list, or field of a feed, each fact of a file came from. A process asks once per file and keeps the
-- answer: an answer to a buyer names its sources without asking the database for them.

create function private.columns_of(p_files uuid[]) returns table (file_id uuid, is_feed boolean, columns jsonb)
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_event_access(e.event_id)
  from (select distinct f.event_id from public.source_files f where f.id = any (p_files)) e;
  return query
    select f.id, exists (select from public.connectors c where c.event_id = f.event_id and c.name = f.name),
      (select coalesce(jsonb_object_agg(t.target, c.key), '{}') from jsonb_each(o.mapping -> 'columns') c
       cross join lateral (select c.value #>> '{}' as target where jsonb_typeof(c.value) = 'string'
         union all select c.value ->> 'target' where c.value ? 'target'
         union all select jsonb_array_elements_text(c.value -> 'targets') where c.value ? 'targets') t)
    from public.source_files f join public.sources o on o.id = f.source_id where f.id = any (p_files);
end $$;

drop function private.listing_provenance(bigint);

revoke execute on all functions in schema private from public;
grant execute on function private.columns_of(uuid[]) to anon, authenticated;
