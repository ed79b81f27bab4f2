-- Finding: a search that also says how many fit, and what those that fit are like, from one pass over the event's
-- partition; and what each of several changed sets of filters would give, in one round trip.

-- An even share of what fits, packed: 36 bytes of bits a row (a length and 256 bits), and 44 bytes of numbers (price,
-- year, mileage, n1 … n8 as big-endian floats, NaN where there is none). The same rows for the same listings.
create function private.packed_columns(out bits text, out numbers text)
language sql immutable set search_path = '' as $$
  select $q$coalesce(string_agg(bit_send(s.bits), ''::bytea order by s.id), ''::bytea)$q$,
    'coalesce(string_agg(' || (select string_agg(format($q$float4send(coalesce(s.%I::real, 'NaN'))$q$, c), ' || ')
      from unnest('{price,year,mileage,n1,n2,n3,n4,n5,n6,n7,n8}'::text[]) c) || $q$, ''::bytea order by s.id), ''::bytea)$q$
$$;

-- As private.search_listings, which says how the score is made and why in two passes; in one row.
-- `matches` counts all that fit; `bits` and `numbers` are of at most about p_sample of them, all where fewer fit;
-- `hit_bits` and `hit_numbers` are those of the hits. With p_like and no vector, the vector is that listing's own.
create function private.find_listings(
  p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text,
  p_limit int default 24, p_sample int default 0, p_like bigint default null,
  out ids bigint[], out parts float8[], out matches int, out bits bytea, out numbers bytea, out hit_bits bytea, out hit_numbers bytea
) language plpgsql stable security definer set search_path = '' set jit = off as $$
declare
  w_individual float8 := coalesce((p_weights ->> 'individual')::float8, 0.5);
  w_spec float8 := coalesce((p_weights ->> 'spec')::float8, 0.2);
  w_scarcity float8 := coalesce((p_weights ->> 'scarcity')::float8, 0.15);
  w_social float8 := coalesce((p_weights ->> 'social')::float8, 0.15);
  by_vector boolean := p_embedding is not null and w_individual > 0;
  unit float8 := case when by_vector then w_individual else 1 end;
  most int := least(greatest(p_limit, 0), 500);
  share int := least(greatest(p_sample, 0), 5000);
  tokens text[] := array(select lower(value) from jsonb_array_elements_text(coalesce(p_filters -> 'tokens', '[]')));
  lexemes tsquery := nullif(replace(plainto_tsquery('english', coalesce(p_text, ''))::text, '&', '|'), '')::tsquery;
  q64 extensions.halfvec := case when by_vector then extensions.l2_normalize(extensions.subvector(p_embedding, 1, 64)) end;
  scan text; predicate text; wishes record; packed record; is_all boolean; sold int; key text; pass text;
begin
  perform private.require_event_access(p_event);
  if p_embedding is null and p_like is not null then
    p_embedding := (select e.embedding from public.listing_embeddings e join public.listings l on l.id = e.listing_id
                    where e.listing_id = p_like and e.model = p_model and l.event_id = p_event);
    by_vector := p_embedding is not null and w_individual > 0;
    unit := case when by_vector then w_individual else 1 end;
    q64 := case when by_vector then extensions.l2_normalize(extensions.subvector(p_embedding, 1, 64)) end;
  end if;
  scan := private.listing_scan_of(p_event);
  predicate := private.listing_predicate(p_event, p_filters);
  wishes := private.wishes_met(p_event, p_wishes);
  packed := private.packed_columns();
  is_all := predicate = 'true';
  key := format('%s - (%s s.scarcity * %L::real + s.social * %L::real)',
    case when by_vector then '(s.e64 operator(extensions.<#>) $1)' else '0::float8' end,
    wishes.met || format(' * %L::float8 + ', w_spec / unit / nullif(wishes.total, 0)), w_scarcity / unit, w_social / unit);
  if is_all then  -- who limits nothing is answered from what is known of the whole, and nothing is kept of the pass
    execute format('select count(*)::int from %s s where s.sold', scan) into sold;
    matches := (select t.n from private.listing_totals t where t.event_id = p_event) - sold;
    if matches is null then execute format('select count(*)::int from %s s where not s.sold', scan) into matches; end if;
    pass := format('with a as materialized (select s.ctid as at, s.id from %s s where not s.sold order by %s, s.id limit 600)', scan, key);
  else
    pass := format('with m as materialized (select s.ctid as at, s.id, %s as key from %s s where not s.sold and %s),
      a as materialized (select m.at, m.id from m order by m.key, m.id limit 600)', key, scan, predicate);
  end if;
  execute pass
    || case when tokens = '{}' then ', b as (select a.at, false as named from a)' else format(
      ', t as (select l.id from public.listings l where l.event_id = %1$L::uuid and lower(l.external_id) = any ($4)
               union select l.id from public.listings l where l.event_id = %1$L::uuid and lower(l.identifier) = any ($4)),
       b as (select s.ctid as at, true as named from %2$s s join t on t.id = s.id where not s.sold and %3$s
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
    || format(', f as (select d.id, d.i, d.p, d.r, d.o from d order by d.i + d.p + d.r + d.o desc, d.id limit %s)', most)
    || case when is_all then '' else ', n as (select count(*)::int as n from m)' end
    || case when share = 0 or is_all then '' else format(
      ', y as (select %1$s as bits, %2$s as numbers from (select m.at from m
                 where (m.id * 2654435761) %% 65536 < ceil(65536.0 * %4$s / greatest((select n.n from n), 1))::bigint limit 5000) m
               cross join lateral (select * from %3$s s where s.ctid = m.at offset 0) s)', packed.bits, packed.numbers, scan, share) end
    || ' select array(select f.id from f order by f.i + f.p + f.r + f.o desc, f.id),
                array(select unnest(array[f.i, f.p, f.r, f.o]) from f order by f.i + f.p + f.r + f.o desc, f.id)'
    || case when is_all then ', $6' else ', (select n.n from n)' end
    || case when share = 0 or is_all then ', null::bytea, null::bytea' else ', (select y.bits from y), (select y.numbers from y)' end
    into ids, parts, matches, bits, numbers using q64, p_embedding, lexemes, tokens, p_model, matches;
  -- packed in the order of their ids, as a share is
  execute format('select %s, %s from unnest($1) u (id) join %s s on s.event_id = $2 and s.id = u.id', packed.bits, packed.numbers, scan)
    into hit_bits, hit_numbers using ids, p_event;
  if share > 0 and is_all then
    execute format('select %s, %s from %s s where (s.id * 2654435761) %% 65536 < ceil(65536.0 * %s / greatest(%s, 1))::bigint and not s.sold',
      packed.bits, packed.numbers, scan, share, matches) into bits, numbers;
  end if;
end $$;

-- The same search, one row a listing, for whoever needs no more.
create or replace function private.search_listings(
  p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text,
  p_limit int default 24
) returns table (listing_id bigint, score float8, individual float8, spec float8, scarcity float8, social float8)
language sql stable security definer set search_path = '' set jit = off as $$
  select f.ids[n], f.parts[4 * n - 3] + f.parts[4 * n - 2] + f.parts[4 * n - 1] + f.parts[4 * n],
         f.parts[4 * n - 3], f.parts[4 * n - 2], f.parts[4 * n - 1], f.parts[4 * n]
  from private.find_listings(p_event, p_filters, p_wishes, p_weights, p_embedding, p_model, p_text, p_limit) f
  cross join lateral generate_series(1, cardinality(f.ids)) n order by n
$$;

-- What each of several sets of filters would give: [{"filters": {…}, "column": "price", "side": "lte", "facets": [ids]}, …].
-- `n` counts what fits; with a column its first 200 values from the near side, so that one can tell how many a bound
-- between them gives; with facets how many of what fits have each. Looks at 16 sets at most.
create function private.try_filters(p_event uuid, p_tries jsonb)
returns table (at int, n int, near real[], counts jsonb)
language plpgsql stable security definer set search_path = '' set jit = off as $$
declare tried jsonb; place int := 0; scan text; field text;
begin
  perform private.require_event_access(p_event);
  scan := private.listing_scan_of(p_event);
  for tried in select value from jsonb_array_elements(p_tries) limit 16 loop
    field := coalesce(tried ->> 'column', 'price');
    if field not in ('price', 'year', 'mileage', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8') then
      perform private.fail(422, 'catalogue.unknown_filter', jsonb_build_object('field', field));
    end if;
    return query execute format('with m as materialized (select s.%1$I::real as v%2$s from %3$s s where not s.sold and %4$s)
      select %5$s, (select count(*)::int from m), %6$s, %7$s', field, case when tried ? 'facets' then ', s.tags' else '' end, scan,
      private.listing_predicate(p_event, tried -> 'filters'), place,
      case when tried ? 'column' then format('array(select m.v from m where m.v is not null order by m.v %s limit 200)',
        case when tried ->> 'side' = 'gte' then 'desc' else 'asc' end) else '''{}''::real[]' end,
      case when tried ? 'facets' then format('(select coalesce(jsonb_object_agg(k.id, k.n), ''{}'') from (
        select t.id, count(*) as n from m cross join lateral unnest(m.tags) t (id) where t.id = any (%s) group by t.id) k)',
        private.int_array(tried -> 'facets')) else '''{}''::jsonb' end);
    place := place + 1;
  end loop;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function
  private.find_listings(uuid, jsonb, jsonb, jsonb, extensions.halfvec, text, text, int, int, bigint), private.try_filters(uuid, jsonb)
  to anon, authenticated;
