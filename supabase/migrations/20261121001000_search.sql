-- Search: one gate, one predicate, two passes. The first scans the narrow partition of the event, the second ranks
-- what is left with the whole vector and the text. Numbers are written as float8: a literal with a point is numeric,
-- and numeric arithmetic doubles the time of the scan.

-- The value of a facet as sellers write it; `value` is its lower-case key.
alter table public.facets add column display text not null default '';

-- Whoever asks must be a buyer in a conversation of this event, or of the organization; the owner of the database
-- (jobs, benchmarks) has no role set. Everybody else learns that there is nothing.
create function private.require_event_access(p_event uuid) returns void
language plpgsql stable security definer set search_path = '' as $$
begin
  if coalesce(current_setting('role', true), 'none') not in ('anon', 'authenticated', 'service_role') then return; end if;
  if private.session_event_id() = p_event and exists (
    select from public.sessions s where s.id = private.session_id() and s.event_id = p_event) then return; end if;
  if exists (select from public.events e where e.id = p_event
             and e.organization_id in (select private.organizations_of_actor())) then return; end if;
  perform private.fail(404, 'events.not_found');
end $$;

-- Changes with every import that changes anything: what is known of the inventory may be kept until then.
create function private.catalogue_revision(p_event uuid) returns bigint
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_event_access(p_event);
  return (select e.catalogue_revision from public.events e where e.id = p_event);
end $$;

create function private.int_array(p_ids jsonb) returns text
language sql immutable set search_path = '' as $$
  select format('%L::int[]', coalesce('{' || string_agg(value::int::text, ',') || '}', '{}')) from jsonb_array_elements_text(p_ids)
$$;

-- The WHERE of a search over `s`, a partition of listing_scan: only what is asked for, only known columns.
-- {"price": {"gte": 1, "lte": 2}, "n1": {"gt": 3}, "any": [[facet ids], …], "none": [facet ids], "dealer": uuid}
create function private.listing_predicate(p_event uuid, p_filters jsonb) returns text
language plpgsql stable set search_path = '' as $$
declare
  clause text := format('s.event_id = %L::uuid', p_event);
  field text; wanted jsonb; op text; bound jsonb; ids jsonb;
begin
  for field, wanted in select key, value from jsonb_each(coalesce(p_filters, '{}')) loop
    if field in ('price', 'year', 'mileage', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8') and jsonb_typeof(wanted) = 'object' then
      for op, bound in select key, value from jsonb_each(wanted) loop
        if op not in ('gte', 'lte', 'gt', 'lt', 'eq', 'neq') or jsonb_typeof(bound) <> 'number' then
          perform private.fail(422, 'catalogue.unknown_filter', jsonb_build_object('field', field, 'op', op));
        end if;
        clause := clause || format(' and s.%I %s %s::%s', field,
          case op when 'gte' then '>=' when 'lte' then '<=' when 'gt' then '>' when 'lt' then '<' when 'eq' then '=' else '<>' end,
          quote_literal(bound #>> '{}'), case when field in ('year', 'mileage') then 'float8' else 'real' end);
      end loop;
    elsif field = 'any' and jsonb_typeof(wanted) = 'array' then
      for ids in select value from jsonb_array_elements(wanted) loop
        clause := clause || ' and s.tags operator(pg_catalog.&&) ' || private.int_array(ids);
      end loop;
    elsif field = 'none' and jsonb_typeof(wanted) = 'array' then
      clause := clause || ' and not s.tags operator(pg_catalog.&&) ' || private.int_array(wanted);
    elsif field = 'dealer' then
      clause := clause || format(' and s.dealer_id = %L::uuid', wanted #>> '{}');
    elsif field <> 'tokens' then
      perform private.fail(422, 'catalogue.unknown_filter', jsonb_build_object('field', field));
    end if;
  end loop;
  return clause;
end $$;

-- How much of what is wished for a listing has, 0 to 1, as an expression over `s`; null when nothing is wished.
-- {"groups": [[facet ids], …], "near": [{"column": "price", "target": 40000, "tolerance": 8000}]}
create function private.wish_share(p_event uuid, p_wishes jsonb) returns text
language plpgsql stable set search_path = '' as $$
declare
  mask bit(256) := repeat('0', 256)::bit(256);
  parts text[] := '{}';
  total int := 0; place int; ids jsonb; near jsonb;
begin
  for ids in select value from jsonb_array_elements(coalesce(p_wishes -> 'groups', '[]')) loop
    total := total + 1;
    select f.bit into place from public.facets f
    where f.event_id = p_event and jsonb_array_length(ids) = 1 and f.id = (ids ->> 0)::int and f.bit is not null;
    if found then
      mask := set_bit(mask, place, 1);
    else
      parts := parts || format('(s.tags operator(pg_catalog.&&) %s)::int', private.int_array(ids));
    end if;
  end loop;
  for near in select value from jsonb_array_elements(coalesce(p_wishes -> 'near', '[]')) loop
    total := total + 1;
    if near ->> 'column' not in ('price', 'year', 'mileage', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8') then
      perform private.fail(422, 'catalogue.unknown_filter', jsonb_build_object('field', near ->> 'column'));
    end if;
    parts := parts || format('coalesce(greatest(0::float8, 1::float8 - abs(s.%I::float8 - %L::float8) / %L::float8), 0::float8)',
      near ->> 'column', near ->> 'target', greatest((near ->> 'tolerance')::float8, 1e-9));
  end loop;
  if total = 0 then return null; end if;
  if bit_count(mask) > 0 then parts := parts || format('bit_count(s.bits & %L::bit(256))', mask); end if;
  return format('((%s)::float8 / %s::float8)', array_to_string(parts, ' + '), total);
end $$;

-- The ranked listings of an event. Each part carries its weight; their sum is the score. Ties go to the older listing.
-- p_embedding and p_text may be null (nothing said yet); "tokens" in the filters are stock or vehicle numbers, lower case:
-- the listings they name come first, within the filters.
create function private.search_listings(
  p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text,
  p_limit int default 24
) returns table (listing_id bigint, score float8, individual float8, spec float8, scarcity float8, social float8)
language plpgsql stable security definer set search_path = '' set jit = off as $$
declare
  w_individual text := coalesce((p_weights ->> 'individual')::float8, 0.5)::text || '::float8';
  w_spec text := coalesce((p_weights ->> 'spec')::float8, 0.2)::text || '::float8';
  w_scarcity text := coalesce((p_weights ->> 'scarcity')::float8, 0.15)::text || '::float8';
  w_social text := coalesce((p_weights ->> 'social')::float8, 0.15)::text || '::float8';
  predicate text := private.listing_predicate(p_event, p_filters);
  share text := private.wish_share(p_event, p_wishes);
  tokens text[] := array(select lower(value) from jsonb_array_elements_text(coalesce(p_filters -> 'tokens', '[]')));
  lexemes tsquery := nullif(replace(plainto_tsquery('english', coalesce(p_text, ''))::text, '&', '|'), '')::tsquery;
  q64 extensions.halfvec := case when p_embedding is not null then
    extensions.l2_normalize(extensions.subvector(p_embedding, 1, 64)) end;
  columns text := format('s.id, %s as sp, s.scarcity::float8 as sc, s.social::float8 as so', coalesce(share, '0::float8'));
  cosine text := case when p_embedding is null then '0::float8'
    else 'coalesce(-(e.embedding operator(extensions.<#>) $2), 0::float8)' end;
  rank text := case when lexemes is null then '0::float8' else 'coalesce(ts_rank(l.tsv, $3, 32)::float8, 0::float8)' end;
begin
  perform private.require_event_access(p_event);
  return query execute format('with a as materialized (select %s from private.listing_scan s where %s order by %s %s + %s * s.scarcity::float8 + %s * s.social::float8 desc, s.id limit 600)',
      columns, predicate,
      case when p_embedding is null then '' else w_individual || ' * -(s.e64 operator(extensions.<#>) $1) + ' end,
      case when share is null then '0::float8' else w_spec || ' * ' || share end, w_scarcity, w_social)
    || case when tokens = '{}' then ', c as (select a.*, false as named from a)' else format(
      ', t as (select l.id from public.listings l where l.event_id = %1$L::uuid and lower(l.external_id) = any ($4)
               union select l.id from public.listings l where l.event_id = %1$L::uuid and lower(l.identifier) = any ($4)),
       c as (select %2$s, true as named from private.listing_scan s join t on t.id = s.id where %3$s
             union all select a.*, false from a where a.id not in (select t.id from t))', p_event, columns, predicate) end
    || format(', r as (select c.id, %1$s * case when c.named then 1::float8 else %2$s + 0.1::float8 * %3$s end as i,
                              %4$s * c.sp as p, %5$s * c.sc as r, %6$s * c.so as o from c %7$s %8$s)
       select r.id, r.i + r.p + r.r + r.o, r.i, r.p, r.r, r.o from r
       where not exists (select from public.listing_units u where u.listing_id = r.id and u.state = ''sold'')
       order by 2 desc, 1 limit %9$s',
      w_individual, cosine, rank, w_spec, w_scarcity, w_social,
      case when p_embedding is null then '' else 'left join public.listing_embeddings e on e.listing_id = c.id and e.model = $5' end,
      case when lexemes is null then '' else 'left join public.listings l on l.id = c.id' end,
      least(greatest(p_limit, 0), 500))
    using q64, p_embedding, lexemes, tokens, p_model;
end $$;

create function private.count_listings(p_event uuid, p_filters jsonb) returns int
language plpgsql stable security definer set search_path = '' set jit = off as $$
declare n int;
begin
  perform private.require_event_access(p_event);
  execute 'select count(*)::int from private.listing_scan s where ' || private.listing_predicate(p_event, p_filters) into n;
  return n;
end $$;

-- How many listings each facet value would leave: under all filters, but for a filtered attribute without its own group.
create function private.facet_counts(p_event uuid, p_filters jsonb) returns table (facet_id int, n int)
language plpgsql stable security definer set search_path = '' set jit = off as $$
declare
  groups jsonb := coalesce(p_filters -> 'any', '[]');
  at int; own text[] := '{}'; attributes text[];
begin
  perform private.require_event_access(p_event);
  for at in 0 .. jsonb_array_length(groups) - 1 loop
    attributes := array(select distinct f.attribute from public.facets f
                        where f.event_id = p_event and f.id in (select value::int from jsonb_array_elements_text(groups -> at)));
    own := own || attributes;
    return query execute 'select f.id, count(*)::int from private.listing_scan s cross join lateral unnest(s.tags) t(id)
        join public.facets f on f.id = t.id and f.attribute = any ($1) where '
      || private.listing_predicate(p_event, p_filters || jsonb_build_object('any', groups - at)) || ' group by f.id' using attributes;
  end loop;
  return query execute 'select f.id, count(*)::int from private.listing_scan s cross join lateral unnest(s.tags) t(id)
      join public.facets f on f.id = t.id and not f.attribute = any ($1) where '
    || private.listing_predicate(p_event, p_filters) || ' group by f.id' using own;
end $$;

-- How many listings of each partner dealer fit: what a lead is matched by. Says nothing of who the dealer is.
create function private.count_by_dealer(p_event uuid, p_filters jsonb) returns table (dealer_id uuid, n int)
language plpgsql stable security definer set search_path = '' set jit = off as $$
begin
  perform private.require_event_access(p_event);
  return query execute 'select s.dealer_id, count(*)::int from private.listing_scan s where s.dealer_id is not null and '
    || private.listing_predicate(p_event, p_filters) || ' group by s.dealer_id order by 2 desc, 1';
end $$;

-- Where the facts of a listing come from: file, row and the column of each fact. Names no column that was not mapped.
create function private.listing_provenance(p_listing bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare found_event uuid; answer jsonb;
begin
  select l.event_id, jsonb_build_object('file', f.name, 'imported_at', f.created_at, 'row', l.source_row,
      'columns', (select coalesce(jsonb_object_agg(t.target, c.key), '{}') from jsonb_each(o.mapping -> 'columns') c
        cross join lateral (select c.value #>> '{}' as target where jsonb_typeof(c.value) = 'string'
          union all select c.value ->> 'target' where c.value ? 'target'
          union all select jsonb_array_elements_text(c.value -> 'targets') where c.value ? 'targets') t)) || l.provenance
  into found_event, answer from public.listings l
  left join public.source_files f on f.id = l.source_file_id left join public.sources o on o.id = f.source_id
  where l.id = p_listing and (l.listed or current_setting('role', true) is distinct from 'anon');
  if found_event is null then perform private.fail(404, 'catalogue.no_such_listing', jsonb_build_object('listing_id', p_listing)); end if;
  perform private.require_event_access(found_event);
  return answer;
end $$;

grant execute on function private.search_listings(uuid, jsonb, jsonb, jsonb, extensions.halfvec, text, text, int),
  private.count_listings(uuid, jsonb), private.facet_counts(uuid, jsonb), private.count_by_dealer(uuid, jsonb),
  private.listing_provenance(bigint), private.catalogue_revision(uuid) to anon, authenticated;
