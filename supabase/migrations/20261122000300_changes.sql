-- What changes between two documents, and how much is at risk: the wall behind the gate, whatever a caller says.

-- A conversation is open for half an hour after its last word, unless it ended; `failed_at` is when the product failed it.
alter table public.sessions add column failed_at timestamptz, add column ended_at timestamptz;
create index sessions_open on public.sessions (event_id, last_seen_at) where ended_at is null;

-- Every value of a document under its pattern (list positions as `*`), each with the place it stands at.
create function private.leaf_values(p_document jsonb) returns table (pattern text[], found jsonb)
language sql immutable set search_path = '' as $$
  with recursive walk as (
    select '{}'::text[] as pattern, p_document as value, '{}'::int[] as place
    union all
    select w.pattern || c.step, c.value, w.place || c.n
    from walk w cross join lateral (
      select e.key as step, e.value, 0 as n
      from jsonb_each(case when jsonb_typeof(w.value) = 'object' then w.value end) e
      union all
      select '*', a.value, a.n::int
      from jsonb_array_elements(case when jsonb_typeof(w.value) = 'array' then w.value end) with ordinality a (value, n)
    ) c
  )
  select w.pattern, jsonb_agg(jsonb_build_array(to_jsonb(w.place), w.value) order by w.place)
  from walk w where jsonb_typeof(w.value) not in ('object', 'array') or w.value in ('{}', '[]')
  group by w.pattern
$$;

-- A document over another: objects member by member, everything else whole.
create function private.laid_over(p_lower jsonb, p_upper jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
begin
  if p_lower is null or jsonb_typeof(p_lower) <> 'object' or jsonb_typeof(p_upper) <> 'object' then return p_upper; end if;
  return p_lower || coalesce((
    select jsonb_object_agg(u.key, case when jsonb_typeof(u.value) = 'object' and p_lower ? u.key
                                   then private.laid_over(p_lower -> u.key, u.value) else u.value end)
    from jsonb_each(p_upper) u), '{}');
end $$;

create function private.filled_section(p_name text, p_section jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select case when p_section is null then private.standard_document() -> p_name
              else private.laid_over(private.standard_document() -> p_name, p_section) end
$$;

-- Patterns whose values differ. Sections that are equal are not walked; a path that is younger than a document counts as
-- if the document had said its default.
create function private.changed_patterns(p_before jsonb, p_after jsonb)
returns table (pattern text[], before jsonb, after jsonb)
language sql immutable set search_path = '' as $$
  with parts as (
    select coalesce(b.key, a.key) as key, private.filled_section(coalesce(b.key, a.key), b.value) as before,
           private.filled_section(coalesce(b.key, a.key), a.value) as after
    from jsonb_each(coalesce(p_before, '{}')) b full join jsonb_each(coalesce(p_after, '{}')) a on a.key = b.key
    where b.value is distinct from a.value
  )
  select coalesce(b.pattern, a.pattern), b.found, a.found
  from (select array[p.key] || l.pattern as pattern, l.found from parts p cross join lateral private.leaf_values(p.before) l
        where p.before is not null) b
  full join (select array[p.key] || l.pattern as pattern, l.found from parts p cross join lateral private.leaf_values(p.after) l
             where p.after is not null) a on a.pattern = b.pattern
  where b.found is distinct from a.found
$$;

-- Whether a lever may stand at a value, measured from where the last approved version put it.
create function private.lever_allows(p_lever jsonb, p_from jsonb, p_to jsonb) returns boolean
language plpgsql immutable set search_path = '' as $$
declare
  low numeric;
  high numeric;
  origin numeric;
begin
  if p_lever is null or p_to is null then return false; end if;
  if jsonb_typeof(p_lever #> '{range,0}') = 'number' then
    if jsonb_typeof(p_from) <> 'number' or jsonb_typeof(p_to) <> 'number' then return false; end if;
    origin := p_from::numeric;
    low := (p_lever #>> '{range,0}')::numeric;
    high := (p_lever #>> '{range,1}')::numeric;
    if (p_lever ->> 'relative')::boolean then
      low := low * abs(origin);
      high := high * abs(origin);
    end if;
    return p_to::numeric between origin + low - 1e-9 and origin + high + 1e-9;
  end if;
  return p_lever -> 'range' @> jsonb_build_array(p_to);
end $$;

-- Risk, reload classes, permissions of a change, and whether it only moves levers inside their range.
-- A path that no schema knows counts as high; one that is younger than the version before counts from its default.
create function private.risk_of(p_before jsonb, p_after jsonb, p_baseline jsonb default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  with changed as (
    select c.pattern, coalesce(r.risk, 'high') as risk, coalesce(r.reload, 'pinned') as reload,
           coalesce(r.permission, 'edit_document') as permission,
           coalesce(private.lever_allows(
             r.lever, coalesce(coalesce(p_baseline, p_before) #> c.pattern, private.standard_document() #> c.pattern),
             coalesce(p_after #> c.pattern, private.standard_document() #> c.pattern)), false) as is_lever
    from private.changed_patterns(p_before, p_after) c
    left join lateral (
      select p.* from private.path_rules p
      where p.pattern = c.pattern[1:cardinality(p.pattern)] order by cardinality(p.pattern) desc limit 1
    ) r on true
  )
  select jsonb_build_object(
    'risk', coalesce((array['low', 'medium', 'high'])[max(array_position(array['low', 'medium', 'high'], risk))], 'none'),
    'reloads', coalesce(jsonb_agg(distinct reload), '[]'),
    'permissions', coalesce(jsonb_agg(distinct permission), '[]'),
    'levers_only', coalesce(bool_and(is_lever), true),
    'outside', coalesce(jsonb_agg(array_to_string(pattern, '.')) filter (where not is_lever), '[]'),
    'patterns', coalesce(jsonb_agg(array_to_string(pattern, '.') order by pattern), '[]'))
  from changed
$$;

-- What conversations may be using that a new document no longer has, with how many open ones do.
create function private.gone(p_event uuid, p_before jsonb, p_after jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  with named (kind, document, name) as (
    select 'field', d.which, a ->> 'name'
    from (values ('before', p_before), ('after', p_after)) d (which, document),
         jsonb_array_elements(coalesce(d.document #> '{catalogue,attributes}', '[]')) a
    union all
    select 'signal', d.which, s
    from (values ('before', p_before), ('after', p_after)) d (which, document),
         jsonb_array_elements_text(coalesce(d.document #> '{preference_extraction,signals}', '[]')) s
    union all
    select 'tool', d.which, t ->> 'name'
    from (values ('before', p_before), ('after', p_after)) d (which, document),
         jsonb_array_elements(coalesce(d.document #> '{agent,tools}', '[]')) t
  ),
  missing as (
    select kind, name from named where document = 'before'
    except select kind, name from named where document = 'after'
  )
  select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'name', m.name, 'conversations', (
      select count(*) from public.sessions s
      where s.event_id = p_event and s.ended_at is null and s.last_seen_at > now() - interval '30 minutes'
        and (m.kind = 'tool' or position('"' || m.name || '"' in s.state::text) > 0)))
    order by m.kind, m.name), '[]')
  from missing m
$$;

-- Who and what a change meets at this moment.
create function private.blast_radius(p_event uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'conversations', (select count(*) from public.sessions s
                      where s.event_id = p_event and s.ended_at is null and s.last_seen_at > now() - interval '30 minutes'),
    'holds', count(h.id), 'deposits', count(h.id) filter (where h.deposit_required),
    'money_minor', coalesce(sum(l.price_minor), 0))
  from public.holds h join public.listings l on l.id = h.listing_id
  where h.event_id = p_event and h.status = 'active' and h.expires_at > now()
$$;

revoke execute on all functions in schema private from public;
