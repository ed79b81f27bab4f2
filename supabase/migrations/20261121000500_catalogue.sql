-- Sources, listings, who has which unit, and what search reads.

create table public.sources (
  id uuid primary key default gen_random_uuid(),
  event_id uuid not null references public.events on delete cascade,
  organization_id uuid not null,
  name text not null check (length(name) between 1 and 200),
  mapping jsonb not null,
  mapping_sha256 text not null,
  created_at timestamptz not null default now(),
  unique (event_id, name)
);

create table public.source_files (
  id uuid primary key default gen_random_uuid(),
  source_id uuid not null references public.sources on delete cascade,
  event_id uuid not null references public.events on delete cascade,
  organization_id uuid not null,
  name text not null,
  sha256 text not null,
  bytes bigint not null,
  status text not null default 'imported' check (status in ('imported', 'unchanged')),
  rows_read int not null default 0,
  rows_accepted int not null default 0,
  rows_rejected int not null default 0,
  imported_by uuid,
  created_at timestamptz not null default now()
);
create index source_files_source on public.source_files (source_id);
create index source_files_event on public.source_files (event_id);

create table public.listings (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  event_id uuid not null references public.events on delete cascade,
  source_file_id uuid references public.source_files on delete set null,
  source_row int,
  dealer_id uuid references public.dealers on delete set null,
  external_id text not null check (length(external_id) between 1 and 200),
  listed boolean not null default true,
  title text not null,
  description text not null default '',
  price_minor bigint check (price_minor >= 0),
  currency text check (currency ~ '^[A-Z]{3}$'),
  condition text,
  make text,
  model text,
  trim text,
  year int,
  mileage int check (mileage >= 0),
  mileage_unit text check (mileage_unit in ('mi', 'km')),
  color_exterior text,
  color_interior text,
  identifier text,
  location_city text,
  location_region text,
  location_country text,
  latitude double precision,
  longitude double precision,
  specs jsonb not null default '{}',
  media jsonb not null default '[]',
  provenance jsonb not null default '{}',
  content_sha256 text not null,
  tsv tsvector generated always as (
    setweight(to_tsvector('english'::regconfig, title), 'A')
    || setweight(to_tsvector('english'::regconfig, coalesce(color_exterior, '') || ' ' || coalesce(condition, '')), 'B')
    || to_tsvector('english'::regconfig, description)) stored,
  updated_at timestamptz not null default now(),
  unique (event_id, external_id)
);
create index listings_identifier on public.listings (event_id, lower(identifier)) where identifier is not null;
create index listings_external on public.listings (event_id, lower(external_id));
create index listings_dealer on public.listings (dealer_id) where dealer_id is not null;
create index listings_source_file on public.listings (source_file_id);

-- The single source of truth for who has a unit. Narrow and with room on the page: a hold updates it in place.
create table public.listing_units (
  listing_id bigint primary key references public.listings on delete cascade,
  event_id uuid not null references public.events on delete cascade,
  organization_id uuid not null,
  state text not null default 'available' check (state in ('available', 'held', 'sold')),
  hold_id uuid,
  held_until timestamptz,
  version int not null default 1,
  check ((state = 'held') = (hold_id is not null and held_until is not null))
) with (fillfactor = 70);
create index listing_units_event on public.listing_units (event_id);

create table public.listing_embeddings (
  listing_id bigint not null references public.listings on delete cascade,
  model text not null,
  dimension int not null check (dimension between 1 and 4000),
  embedding extensions.halfvec not null,
  primary key (listing_id, model),
  check (extensions.vector_dims(embedding) = dimension)
);
-- inline, not TOASTed: a scan of TOASTed vectors costs five times as much
alter table public.listing_embeddings alter column embedding set storage plain;

create table public.event_attributes (
  event_id uuid not null references public.events on delete cascade,
  organization_id uuid not null,
  name text not null,
  kind text not null check (kind in ('number', 'enum', 'boolean', 'text')),
  label text not null,
  unit text,
  slot text check (slot in ('price', 'year', 'mileage', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8')),
  stats jsonb not null default '{}',
  primary key (event_id, name),
  unique (event_id, slot)
);

create table public.facets (
  id int generated always as identity primary key,
  event_id uuid not null references public.events on delete cascade,
  organization_id uuid not null,
  attribute text not null,
  value text not null,
  bit smallint check (bit between 0 and 255),
  n int not null default 0,
  unique (event_id, attribute, value)
);

-- What the first pass of a search scans: hot numbers, facet ids and a 64-dimensional vector, one partition per event.
create table private.listing_scan (
  event_id uuid not null,
  id bigint not null,
  price real,
  year smallint,
  mileage int,
  n1 real, n2 real, n3 real, n4 real, n5 real, n6 real, n7 real, n8 real,
  tags int[] not null default '{}',
  bits bit(256) not null default repeat('0', 256)::bit(256),
  scarcity real not null default 0,
  social real not null default 0,
  dealer_id uuid,
  e64 extensions.halfvec(64),
  primary key (event_id, id)
) partition by list (event_id);
alter table private.listing_scan alter column e64 set storage plain;
alter table private.listing_scan enable row level security;

create function private.ensure_event_partition(p_event uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare name text := 'listing_scan_' || replace(p_event::text, '-', '');
begin
  if to_regclass('private.' || name) is not null then return; end if;
  -- made apart and attached: CREATE … PARTITION OF would lock every search of every event behind a running import
  execute format('create table private.%I (like private.listing_scan including defaults including storage)', name);
  execute format('alter table private.%I add primary key (event_id, id), add check (event_id = %L)', name, p_event);
  execute format('alter table private.%I enable row level security', name);
  execute format('alter table private.%I alter column e64 set storage plain', name);
  execute format('create index on private.%I (price)', name);
  execute format('create index on private.%I using gin (tags)', name);
  execute format('alter table private.listing_scan attach partition private.%I for values in (%L)', name, p_event);
end $$;

create function private.add_event_partition() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.ensure_event_partition(new.id);
  return null;
end $$;
create trigger add_event_partition after insert on public.events
  for each row execute function private.add_event_partition();

-- Every listing has its unit from the moment it exists.
create function private.add_unit() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.listing_units (listing_id, event_id, organization_id)
  select n.id, n.event_id, n.organization_id from added n on conflict do nothing;
  return null;
end $$;
create trigger add_unit after insert on public.listings
  referencing new table as added for each statement execute function private.add_unit();

alter table public.sources enable row level security;
alter table public.source_files enable row level security;
alter table public.listings enable row level security;
alter table public.listing_units enable row level security;
alter table public.listing_embeddings enable row level security;
alter table public.event_attributes enable row level security;
alter table public.facets enable row level security;
revoke all on public.sources, public.source_files, public.listings, public.listing_units, public.listing_embeddings,
  public.event_attributes, public.facets from anon, authenticated;

-- Staff read what is theirs; a buyer reads what is listed in the event of the conversation; a dealer reads the own cars.
grant select on public.sources, public.source_files, public.listing_embeddings, public.event_attributes to authenticated;
grant select on public.listings, public.listing_units, public.facets to anon, authenticated;
grant select on public.event_attributes to anon;

create policy sources_read on public.sources for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));
create policy source_files_read on public.source_files for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));
create policy listings_read on public.listings for select to authenticated
  using (organization_id in (select private.organizations_of_actor())
    or dealer_id in (select d.id from public.dealers d where d.status = 'active'
                     and d.dealer_id in (select private.organizations_of_actor())));
create policy listings_shop on public.listings for select to anon
  using (listed and event_id = (select private.session_event_id()));
create policy units_read on public.listing_units for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));
create policy units_shop on public.listing_units for select to anon
  using (event_id = (select private.session_event_id()));
create policy embeddings_read on public.listing_embeddings for select to authenticated
  using (listing_id in (select l.id from public.listings l));
create policy attributes_read on public.event_attributes for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));
create policy attributes_shop on public.event_attributes for select to anon
  using (event_id = (select private.session_event_id()));
create policy facets_read on public.facets for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));
create policy facets_shop on public.facets for select to anon
  using (event_id = (select private.session_event_id()));
