-- Finding, as in 20261124000500_finding.sql, with less work for the same answer: the first pass keeps what of a score it has
-- read, so that no row is fetched again for it; how large a share is, is reckoned once instead of for every row; hits are
-- packed within the same statement; and a few hundred vectors and texts are always looked up by their keys, never by a scan.

create or replace function private.find_listings(
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
  scan text; predicate text; wishes record; packed record; is_all boolean; sold int; key text; pass text; met text;
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
  met := coalesce(wishes.met, '0::float8');
  key := format('%s - (%s s.scarcity * %L::real + s.social * %L::real)',
    case when by_vector then '(s.e64 operator(extensions.<#>) $1)' else '0::float8' end,
    wishes.met || format(' * %L::float8 + ', w_spec / unit / nullif(wishes.total, 0)), w_scarcity / unit, w_social / unit);
  if is_all then  -- who limits nothing is answered from what is known of the whole, and nothing is kept of the pass
    execute format('select count(*)::int from %s s where s.sold', scan) into sold;
    matches := (select t.n from private.listing_totals t where t.event_id = p_event) - sold;
    if matches is null then execute format('select count(*)::int from %s s where not s.sold', scan) into matches; end if;
    pass := format('with a as materialized (select s.ctid as at, s.id, %s as met, s.scarcity, s.social from %s s where not s.sold
      order by %s, s.id limit 600)', met, scan, key);
  else
    pass := format('with m as materialized (select s.ctid as at, s.id, %s as key, %s as met, s.scarcity, s.social from %s s
        where not s.sold and %s),
      n as materialized (select count(*)::int as n, ceil(65536.0 * %s / greatest(count(*), 1))::bigint as part from m),
      a as materialized (select m.at, m.id, m.met, m.scarcity, m.social from m order by m.key, m.id limit 600)',
      key, met, scan, predicate, share);
  end if;
  execute pass
    || case when tokens = '{}' then ', b as (select a.*, false as named from a)' else format(
      ', t as (select l.id from public.listings l where l.event_id = %1$L::uuid and lower(l.external_id) = any ($4)
               union select l.id from public.listings l where l.event_id = %1$L::uuid and lower(l.identifier) = any ($4)),
       b as (select s.ctid as at, s.id, %4$s as met, s.scarcity, s.social, true as named from %2$s s join t on t.id = s.id
             where not s.sold and %3$s union all select a.*, false from a where a.id not in (select t.id from t))', p_event, scan, predicate, met) end
    || format(', c as materialized (select b.at, b.id, b.named, case when b.named then %1$L::float8 else %2$s end as i,
                     b.met * %3$L::float8 as p, %4$L::float8 * b.scarcity as r, %5$L::float8 * b.social as o from b %6$s)',
      w_individual,
      case when p_embedding is null then '0::float8'
           else format('%L::float8 * coalesce(-(e.embedding operator(extensions.<#>) $2), 0::float8)', w_individual) end,
      coalesce(w_spec / nullif(wishes.total, 0), 0), w_scarcity, w_social,
      case when p_embedding is null then '' else 'left join lateral (select e.embedding from public.listing_embeddings e
        where e.listing_id = b.id and e.model = $5 offset 0) e on true' end)
    || case when lexemes is null then ', d as (select c.* from c)' else format(
      ', d as (select c.at, c.id, c.named, c.i + case when c.named then 0::float8 else %1$L::float8 * coalesce(ts_rank(l.tsv, $3, 32), 0::real) end as i,
                      c.p, c.r, c.o from c left join lateral (select l.tsv from public.listings l where l.id = c.id offset 0) l on true
               where c.i + c.p + c.r + c.o >= coalesce((select k.i + k.p + k.r + k.o - %2$L::float8 from c k
                 order by 1 desc offset %3$s limit 1), ''-infinity''))', 0.1 * w_individual, 0.06 * w_individual, greatest(most - 1, 0)) end
    || format(', f as materialized (select d.at, d.id, d.i, d.p, d.r, d.o from d order by d.i + d.p + d.r + d.o desc, d.id limit %1$s),
      g as (select array_agg(f.id) as ids, array_agg(f.i) as i, array_agg(f.p) as p, array_agg(f.r) as r, array_agg(f.o) as o from f),
      h as (select %2$s as bits, %3$s as numbers from f join %4$s s on s.ctid = f.at)', most, packed.bits, packed.numbers, scan)
    || case when share = 0 or is_all then '' else format(
      ', y as (select %1$s as bits, %2$s as numbers from (select m.at from m
                 where (m.id * 2654435761) %% 65536 < (select n.part from n) limit 5000) m
               cross join lateral (select * from %3$s s where s.ctid = m.at offset 0) s)', packed.bits, packed.numbers, scan) end
    || ' select coalesce(g.ids, ''{}''), array(select unnest(array[u.i, u.p, u.r, u.o]) from unnest(g.i, g.p, g.r, g.o) u (i, p, r, o))'
    || case when is_all then ', $6' else ', (select n.n from n)' end
    || case when share = 0 or is_all then ', null::bytea, null::bytea' else ', y.bits, y.numbers' end
    || ', h.bits, h.numbers from g, h' || case when share = 0 or is_all then '' else ', y' end
    into ids, parts, matches, bits, numbers, hit_bits, hit_numbers using q64, p_embedding, lexemes, tokens, p_model, matches;
  if share > 0 and is_all then
    execute format('select %s, %s from %s s where (s.id * 2654435761) %% 65536 < ceil(65536.0 * %s / greatest(%s, 1))::bigint and not s.sold',
      packed.bits, packed.numbers, scan, share, matches) into bits, numbers;
  end if;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function
  private.find_listings(uuid, jsonb, jsonb, jsonb, extensions.halfvec, text, text, int, int, bigint) to anon, authenticated;
