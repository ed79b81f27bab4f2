-- Leads: what a buyer agreed to share, without a name; what each matching dealer may see of it.

create table public.leads (
  id uuid primary key default gen_random_uuid(),
  event_id uuid not null references public.events on delete cascade,
  organization_id uuid not null,
  session_id uuid not null references public.sessions on delete cascade,
  wishes jsonb not null,
  status text not null default 'open' check (status in ('open', 'withdrawn', 'closed')),
  opened_at timestamptz not null default now(),
  ended_at timestamptz
);
create unique index leads_one_open on public.leads (session_id) where status = 'open';
create index leads_event on public.leads (event_id, opened_at desc);

-- Kept apart, so that no read of a lead can carry a name along. Only the buyer's own conversation sees it.
create table public.lead_contacts (
  lead_id uuid primary key references public.leads on delete cascade,
  session_id uuid not null references public.sessions on delete cascade,
  name text check (length(name) <= 200),
  email text check (length(email) <= 320),
  phone text check (length(phone) <= 40),
  place text check (length(place) <= 200)
);

create table public.prospects (
  id uuid primary key default gen_random_uuid(),
  lead_id uuid not null references public.leads on delete cascade,
  event_id uuid not null references public.events on delete cascade,
  dealer_id uuid not null references public.dealers on delete cascade,
  dealer_organization_id uuid not null,
  portrait jsonb not null,
  alignment real not null check (alignment between 0 and 1),
  matching_listings int not null check (matching_listings > 0),
  created_at timestamptz not null default now(),
  unique (lead_id, dealer_id)
);
create index prospects_dealer on public.prospects (dealer_organization_id, created_at desc);
create index prospects_dealer_id on public.prospects (dealer_id);
create index prospects_event on public.prospects (event_id);

alter table public.leads enable row level security;
alter table public.lead_contacts enable row level security;
alter table public.prospects enable row level security;
revoke all on public.leads, public.lead_contacts, public.prospects from anon, authenticated;
grant select on public.leads, public.lead_contacts to anon;
grant select on public.leads to authenticated;
grant select (id, event_id, dealer_id, dealer_organization_id, portrait, alignment, matching_listings, created_at)
  on public.prospects to authenticated;

create policy leads_own on public.leads for select to anon using (session_id = (select private.session_id()));
create policy leads_read on public.leads for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));
create policy contacts_own on public.lead_contacts for select to anon using (session_id = (select private.session_id()));
-- A suspended partnership hides its prospects at once.
create policy prospects_read on public.prospects for select to authenticated
  using (dealer_organization_id in (select private.organizations_of_actor())
    and dealer_id in (select d.id from public.dealers d where d.status = 'active'));

-- Opens the caller's lead and shows it to the dealers named in p_matches: [{dealer_id, alignment, matching_listings}].
-- With p_refresh only a lead that is open still is brought up to date: what was withdrawn meanwhile stays withdrawn.
create function private.open_lead(
  p_wishes jsonb, p_portrait jsonb, p_contact jsonb, p_matches jsonb, p_refresh boolean default false
) returns public.leads
language plpgsql security definer set search_path = '' as $$
declare
  own public.sessions;
  lead public.leads;
  dealer_org uuid;
begin
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  select * into lead from public.leads l where l.session_id = own.id and l.status = 'open';
  if lead.id is null and p_refresh then
    perform private.fail(404, 'leads.no_open_lead');
  elsif lead.id is null then
    insert into public.leads (event_id, organization_id, session_id, wishes)
    values (own.event_id, own.organization_id, own.id, p_wishes) returning * into lead;
  else
    update public.leads set wishes = p_wishes where id = lead.id returning * into lead;
    delete from public.prospects where lead_id = lead.id;
  end if;
  if p_contact is not null then
    insert into public.lead_contacts (lead_id, session_id, name, email, phone, place)
    values (lead.id, own.id, p_contact ->> 'name', p_contact ->> 'email', p_contact ->> 'phone', p_contact ->> 'place')
    on conflict (lead_id) do update set name = excluded.name, email = excluded.email, phone = excluded.phone, place = excluded.place;
  end if;
  insert into public.prospects (lead_id, event_id, dealer_id, dealer_organization_id, portrait, alignment, matching_listings)
  select lead.id, own.event_id, d.id, d.dealer_id, p_portrait, m.alignment, m.matching_listings
  from jsonb_to_recordset(p_matches) as m (dealer_id uuid, alignment real, matching_listings int)
  join public.dealers d on d.id = m.dealer_id and d.seller_id = own.organization_id and d.status = 'active';
  perform private.record_fact('lead.opened', jsonb_build_object('lead_id', lead.id, 'dealers', jsonb_array_length(p_matches)),
                              own.organization_id, own.event_id, own.id);
  for dealer_org in select p.dealer_organization_id from public.prospects p where p.lead_id = lead.id loop
    perform realtime.send('{}'::jsonb, 'prospects_changed', 'dealer:' || dealer_org, true);
  end loop;
  return lead;
end $$;

-- A lead that is over is shown to nobody, whoever ended it and how.
create function private.hide_prospects() returns trigger
language plpgsql security definer set search_path = '' as $$
declare dealer_org uuid;
begin
  for dealer_org in delete from public.prospects p where p.lead_id = new.id returning p.dealer_organization_id loop
    perform realtime.send('{}'::jsonb, 'prospects_changed', 'dealer:' || dealer_org, true);
  end loop;
  return null;
end $$;
create trigger hide_prospects after update of status on public.leads
  for each row when (new.status <> 'open') execute function private.hide_prospects();

create function private.withdraw_lead() returns public.leads
language plpgsql security definer set search_path = '' as $$
declare lead public.leads;
begin
  update public.leads set status = 'withdrawn', ended_at = now()
  where session_id = private.session_id() and status = 'open' returning * into lead;
  if lead.id is null then perform private.fail(404, 'leads.no_open_lead'); end if;
  perform private.record_fact('lead.withdrawn', jsonb_build_object('lead_id', lead.id), lead.organization_id, lead.event_id, lead.session_id);
  return lead;
end $$;
grant execute on function private.open_lead(jsonb, jsonb, jsonb, jsonb, boolean), private.withdraw_lead() to anon;
