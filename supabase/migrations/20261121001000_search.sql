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

-- A unit that is sold leaves every search and every count; its row stays, should the sale fall through.
alter table private.listing_scan add column sold boolean not null default false;
create index listing_scan_sold on private.listing_scan (event_id) where sold;
-- inline like the vector: a short form would be copied for every row that is looked at
alter table private.listing_scan alter column bits set storage plain;

create function private.mark_sold() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update private.listing_scan s set sold = new.state = 'sold' where s.event_id = new.event_id and s.id = new.listing_id;
  return null;
end $$;
create trigger mark_sold after update of state on public.listing_units
  for each row when ((old.state = 'sold') <> (new.state = 'sold')) execute function private.mark_sold();

-- How many rows the partition of an event has: only an import adds or takes away.
create table private.listing_totals (
  event_id uuid primary key references public.events on delete cascade,
  n int not null
);
alter table private.listing_totals enable row level security;

-- The name of the partition of an event: said outright, Postgres neither looks for it nor compares its key in every row.
create function private.listing_scan_of(p_event uuid) returns text
language plpgsql stable set search_path = '' as $$
declare scan text := format('private.%I', 'listing_scan_' || replace(p_event::text, '-', ''));
begin
  if to_regclass(scan) is null then perform private.fail(404, 'events.not_found'); end if;
  return scan;
end $$;

-- The bit of a facet that is alone in its group; null where it has none.
create function private.only_bit(p_event uuid, p_ids jsonb) returns int
language sql stable set search_path = '' as $$
  select f.bit from public.facets f
  where f.event_id = p_event and jsonb_array_length(p_ids) = 1 and f.id = (p_ids ->> 0)::int
$$;

-- A bound on a whole number, as one: 2020.5 or more is 2021 or more.
create function private.whole_bound(p_op text, p_bound float8) returns text
language sql immutable set search_path = '' as $$
  select case when p_op in ('eq', 'neq') and p_bound <> floor(p_bound) then null else
    (greatest(least(case when p_op in ('gte', 'lt') then ceil(p_bound) else floor(p_bound) end, 2147483647), -2147483648))::int::text end
$$;

-- The WHERE of a search over `s`, a partition of listing_scan: only what is asked for, only known columns; `true` when
-- nothing is. Whether a unit is sold is left to the caller.
-- {"price": {"gte": 1, "lte": 2}, "n1": {"gt": 3}, "any": [[facet ids], …], "none": [facet ids], "dealer": uuid}
create function private.listing_predicate(p_event uuid, p_filters jsonb) returns text
language plpgsql stable set search_path = '' as $$
declare
  clause text := 'true';
  -- between two prices the index on the price leaves few rows, and a bit is read faster than a list
  by_bit boolean := p_filters -> 'price' ?| '{gte,gt,eq}' and p_filters -> 'price' ?| '{lte,lt,eq}';
  field text; wanted jsonb; op text; bound jsonb; ids jsonb; place int;
begin
  for field, wanted in select key, value from jsonb_each(coalesce(p_filters, '{}')) loop
    if field in ('price', 'year', 'mileage', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8') and jsonb_typeof(wanted) = 'object' then
      for op, bound in select key, value from jsonb_each(wanted) loop
        if op not in ('gte', 'lte', 'gt', 'lt', 'eq', 'neq') or jsonb_typeof(bound) <> 'number' then
          perform private.fail(422, 'catalogue.unknown_filter', jsonb_build_object('field', field, 'op', op));
        end if;
        clause := clause || format(' and s.%I %s %s', field,
          case op when 'gte' then '>=' when 'lte' then '<=' when 'gt' then '>' when 'lt' then '<' when 'eq' then '=' else '<>' end,
          case when field not in ('year', 'mileage') then quote_literal(bound #>> '{}') || '::real'
               else coalesce(private.whole_bound(op, (bound #>> '{}')::float8), quote_literal(bound #>> '{}') || '::float8') end);
      end loop;
    elsif field = 'any' and jsonb_typeof(wanted) = 'array' then
      for ids in select value from jsonb_array_elements(wanted) loop
        place := case when by_bit then private.only_bit(p_event, ids) end;
        clause := clause || case when place is null then ' and s.tags operator(pg_catalog.&&) ' || private.int_array(ids)
          else format(' and pg_catalog.get_bit(s.bits, %s) = 1', place) end;
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

-- How many of the wishes a listing has, as an expression over `s`, and how many there are; null when nothing is wished.
-- {"groups": [[facet ids], …], "near": [{"column": "price", "target": 40000, "tolerance": 8000}]}
create function private.wishes_met(p_event uuid, p_wishes jsonb, out met text, out total int)
language plpgsql stable set search_path = '' as $$
declare
  mask bit(256) := repeat('0', 256)::bit(256);
  parts text[] := '{}'; bits int[] := '{}';
  place int; ids jsonb; near jsonb;
begin
  total := 0;
  for ids in select value from jsonb_array_elements(coalesce(p_wishes -> 'groups', '[]')) loop
    total := total + 1;
    place := private.only_bit(p_event, ids);
    if place is null then
      parts := parts || format('(s.tags operator(pg_catalog.&&) %s)::int', private.int_array(ids));
    else
      bits := bits || place;
      mask := set_bit(mask, place, 1);
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
  if cardinality(bits) > 3 then  -- up to three, reading them one by one is faster than counting under a mask
    parts := parts || format('bit_count(s.bits & %L::bit(256))', mask);
  else
    parts := parts || array(select format('get_bit(s.bits, %s)', b) from unnest(bits) b);
  end if;
  if total > 0 then met := '(' || array_to_string(parts, ' + ') || ')'; end if;
end $$;

-- The ranked listings of an event. Each part carries its weight; their sum is the score. Ties go to the older listing.
-- p_embedding and p_text may be null (nothing said yet); "tokens" in the filters are stock or vehicle numbers, lower case:
-- the listings they name come first, within the filters.
-- The first pass orders the partition by the short vector, with all weights divided by that of the vector so that the
-- scan multiplies as little as it can, and keeps nothing but where the best rows are. The second has the whole vector.
-- Words of the text add at most 0.06 of that weight (ts_rank of an OR is at most 1.1, normalized 0.53, counted a tenth),
-- so they are read only for those that could still come in.
create function private.search_listings(
  p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text,
  p_limit int default 24
) returns table (listing_id bigint, score float8, individual float8, spec float8, scarcity float8, social float8)
language plpgsql stable security definer set search_path = '' set jit = off as $$
declare
  w_individual float8 := coalesce((p_weights ->> 'individual')::float8, 0.5);
  w_spec float8 := coalesce((p_weights ->> 'spec')::float8, 0.2);
  w_scarcity float8 := coalesce((p_weights ->> 'scarcity')::float8, 0.15);
  w_social float8 := coalesce((p_weights ->> 'social')::float8, 0.15);
  by_vector boolean := p_embedding is not null and w_individual > 0;
  unit float8 := case when by_vector then w_individual else 1 end;
  most int := least(greatest(p_limit, 0), 500);
  tokens text[] := array(select lower(value) from jsonb_array_elements_text(coalesce(p_filters -> 'tokens', '[]')));
  lexemes tsquery := nullif(replace(plainto_tsquery('english', coalesce(p_text, ''))::text, '&', '|'), '')::tsquery;
  q64 extensions.halfvec := case when by_vector then extensions.l2_normalize(extensions.subvector(p_embedding, 1, 64)) end;
  scan text; predicate text; wishes record;
begin
  perform private.require_event_access(p_event);
  scan := private.listing_scan_of(p_event);
  predicate := 'not s.sold and ' || private.listing_predicate(p_event, p_filters);
  wishes := private.wishes_met(p_event, p_wishes);
  return query execute format('with a as materialized (select s.ctid as at, s.id from %s s where %s order by %s - (%s s.scarcity * %L::real + s.social * %L::real), s.id limit 600)',
      scan, predicate, case when by_vector then '(s.e64 operator(extensions.<#>) $1)' else '0::float8' end,
      wishes.met || format(' * %L::float8 + ', w_spec / unit / nullif(wishes.total, 0)), w_scarcity / unit, w_social / unit)
    || case when tokens = '{}' then ', b as (select a.at, false as named from a)' else format(
      ', t as (select l.id from public.listings l where l.event_id = %1$L::uuid and lower(l.external_id) = any ($4)
               union select l.id from public.listings l where l.event_id = %1$L::uuid and lower(l.identifier) = any ($4)),
       b as (select s.ctid as at, true as named from %2$s s join t on t.id = s.id where %3$s
             union all select a.at, false from a where a.id not in (select t.id from t))', p_event, scan, predicate) end
    || format(', c as materialized (select s.id, b.named, case when b.named then %1$L::float8 else %2$s end as i, %3$s as p,
                     %4$L::float8 * s.scarcity as r, %5$L::float8 * s.social as o from b join %6$s s on s.ctid = b.at %7$s)',
      w_individual,
      case when p_embedding is null then '0::float8'
           else format('%L::float8 * coalesce(-(e.embedding operator(extensions.<#>) $2), 0::float8)', w_individual) end,
      coalesce(wishes.met || format(' * %L::float8', w_spec / nullif(wishes.total, 0)), '0::float8'), w_scarcity, w_social, scan,
      case when p_embedding is null then '' else 'left join public.listing_embeddings e on e.listing_id = s.id and e.model = $5' end)
    || case when lexemes is null then ', d as (select c.* from c)' else format(
      ', d as (select c.id, c.named, c.i + case when c.named then 0::float8 else %1$L::float8 * coalesce(ts_rank(l.tsv, $3, 32), 0::real) end as i,
                      c.p, c.r, c.o from c left join public.listings l on l.id = c.id
               where c.i + c.p + c.r + c.o >= coalesce((select k.i + k.p + k.r + k.o - %2$L::float8 from c k
                 order by 1 desc offset %3$s limit 1), ''-infinity''))', 0.1 * w_individual, 0.06 * w_individual, greatest(most - 1, 0)) end
    || format(' select d.id, d.i + d.p + d.r + d.o, d.i, d.p, d.r, d.o from d order by 2 desc, 1 limit %s', most)
    using q64, p_embedding, lexemes, tokens, p_model;
end $$;

create function private.count_listings(p_event uuid, p_filters jsonb) returns int
language plpgsql stable security definer set search_path = '' set jit = off as $$
declare scan text; predicate text; total int; sold int;
begin
  perform private.require_event_access(p_event);
  scan := private.listing_scan_of(p_event);
  predicate := private.listing_predicate(p_event, p_filters);
  if predicate = 'true' then
    total := (select t.n from private.listing_totals t where t.event_id = p_event);
  end if;
  if total is null then execute format('select count(*)::int from %s s where %s', scan, predicate) into total; end if;
  -- apart, by their index: to look at `sold` in every row costs more than all the rest of a count
  execute format('select count(*)::int from %s s where s.sold and %s', scan, predicate) into sold;
  return total - sold;
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
    return query execute 'select f.id, count(*)::int from ' || private.listing_scan_of(p_event) || ' s cross join lateral unnest(s.tags) t(id)
        join public.facets f on f.id = t.id and f.attribute = any ($1) where '
      || 'not s.sold and ' || private.listing_predicate(p_event, p_filters || jsonb_build_object('any', groups - at)) || ' group by f.id' using attributes;
  end loop;
  return query execute 'select f.id, count(*)::int from ' || private.listing_scan_of(p_event) || ' s cross join lateral unnest(s.tags) t(id)
      join public.facets f on f.id = t.id and not f.attribute = any ($1) where '
    || 'not s.sold and ' || private.listing_predicate(p_event, p_filters) || ' group by f.id' using own;
end $$;

-- How many listings of each partner dealer fit: what a lead is matched by. Says nothing of who the dealer is.
create function private.count_by_dealer(p_event uuid, p_filters jsonb) returns table (dealer_id uuid, n int)
language plpgsql stable security definer set search_path = '' set jit = off as $$
begin
  perform private.require_event_access(p_event);
  return query execute 'select s.dealer_id, count(*)::int from ' || private.listing_scan_of(p_event) || ' s where s.dealer_id is not null and '
    || 'not s.sold and ' || private.listing_predicate(p_event, p_filters) || ' group by s.dealer_id order by 2 desc, 1';
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
