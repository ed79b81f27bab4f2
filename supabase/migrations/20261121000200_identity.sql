-- Organizations, their members, partner dealers, invitations and staff sign-ins.

create type public.member_role as enum ('admin', 'operator', 'specialist', 'viewer');

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
  name text not null check (length(name) between 1 and 200),
  kind text not null default 'seller' check (kind in ('seller', 'dealer')),
  created_at timestamptz not null default now()
);

create table public.members (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations on delete cascade,
  user_id uuid not null references auth.users on delete cascade,
  role public.member_role not null,
  created_at timestamptz not null default now(),
  unique (user_id, organization_id)
);
create index members_organization on public.members (organization_id);

-- A dealer is a partnership: one organization supplies cars to another's events and sees matching prospects.
create table public.dealers (
  id uuid primary key default gen_random_uuid(),
  seller_id uuid not null references public.organizations on delete cascade,
  dealer_id uuid not null references public.organizations on delete cascade,
  code text not null check (length(code) between 1 and 60),
  status text not null default 'active' check (status in ('active', 'suspended')),
  created_at timestamptz not null default now(),
  unique (seller_id, code),
  unique (seller_id, dealer_id),
  check (seller_id <> dealer_id)
);
create index dealers_dealer on public.dealers (dealer_id);

create table public.invitations (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations on delete cascade,
  email text not null check (email = lower(email) and position('@' in email) > 1),
  role public.member_role not null,
  token_sha256 bytea not null unique,
  invited_by uuid references auth.users on delete set null,
  expires_at timestamptz not null default now() + interval '7 days',
  accepted_at timestamptz,
  created_at timestamptz not null default now()
);
create index invitations_organization on public.invitations (organization_id);

-- A staff sign-in: the cookie holds a random token, the row only its hash, so that a read of this table signs nobody in.
create table private.web_sessions (
  token_sha256 bytea primary key,
  user_id uuid not null references auth.users on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index web_sessions_user on private.web_sessions (user_id);
alter table private.web_sessions enable row level security;

-- Definer functions keep policies of `members` from asking themselves.
create function private.organizations_of_actor(variadic roles text[] default '{}') returns setof uuid
language sql stable security definer set search_path = '' as $$
  select m.organization_id from public.members m
  where m.user_id = (select auth.uid()) and (roles = '{}' or m.role::text = any (roles))
$$;

-- Organizations whose dealer relation involves the actor's own, on either side.
create function private.partners_of_actor() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select d.seller_id from public.dealers d where d.status = 'active'
    and d.dealer_id in (select private.organizations_of_actor())
  union
  select d.dealer_id from public.dealers d where d.seller_id in (select private.organizations_of_actor())
$$;
grant execute on function private.organizations_of_actor(text[]), private.partners_of_actor()
  to anon, authenticated, service_role;

alter table public.organizations enable row level security;
alter table public.members enable row level security;
alter table public.dealers enable row level security;
alter table public.invitations enable row level security;
revoke all on public.organizations, public.members, public.dealers, public.invitations from anon, authenticated;

grant select on public.organizations to authenticated;
grant update (name) on public.organizations to authenticated;
create policy organizations_read on public.organizations for select to authenticated
  using (id in (select private.organizations_of_actor()) or id in (select private.partners_of_actor()));
create policy organizations_rename on public.organizations for update to authenticated
  using (id in (select private.organizations_of_actor('admin')))
  with check (id in (select private.organizations_of_actor('admin')));

grant select, delete on public.members to authenticated;
grant update (role) on public.members to authenticated;
create policy members_read on public.members for select to authenticated
  using (organization_id in (select private.organizations_of_actor()));
create policy members_change on public.members for update to authenticated
  using (organization_id in (select private.organizations_of_actor('admin')))
  with check (organization_id in (select private.organizations_of_actor('admin')));
create policy members_remove on public.members for delete to authenticated
  using (organization_id in (select private.organizations_of_actor('admin')));

grant select on public.dealers to authenticated;
grant update (status, code) on public.dealers to authenticated;  -- a partnership begins by invitation, not by a row
create policy dealers_read on public.dealers for select to authenticated
  using (seller_id in (select private.organizations_of_actor()) or dealer_id in (select private.organizations_of_actor()));
create policy dealers_change on public.dealers for update to authenticated
  using (seller_id in (select private.organizations_of_actor('admin')))
  with check (seller_id in (select private.organizations_of_actor('admin')));

grant select (id, organization_id, email, role, invited_by, expires_at, accepted_at, created_at), delete
  on public.invitations to authenticated;
grant insert (organization_id, email, role, token_sha256, invited_by) on public.invitations to authenticated;
create policy invitations_read on public.invitations for select to authenticated
  using (organization_id in (select private.organizations_of_actor('admin')));
create policy invitations_add on public.invitations for insert to authenticated
  with check (organization_id in (select private.organizations_of_actor('admin')) and invited_by = (select auth.uid()));
create policy invitations_remove on public.invitations for delete to authenticated
  using (organization_id in (select private.organizations_of_actor('admin')));

-- An organization is never left without an admin. Members are locked in one order, so that two removals cannot pass each other.
create function private.keep_an_admin() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from public.organizations o where o.id = old.organization_id) then
    return null;  -- the organization itself is being removed
  end if;
  perform 1 from public.organizations o where o.id = old.organization_id for update;
  if not exists (select from public.members m where m.organization_id = old.organization_id and m.role = 'admin') then
    perform private.fail(409, 'identity.last_admin', jsonb_build_object('organization_id', old.organization_id));
  end if;
  return null;
end $$;
create trigger keep_an_admin after update of role or delete on public.members
  for each row when (old.role = 'admin') execute function private.keep_an_admin();

-- Takes up an invitation: the signed-in person whose address it names becomes a member.
create function private.accept_invitation(p_token_sha256 bytea) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  invitation public.invitations;
  -- an address that nobody has confirmed may have been registered by somebody else
  own_email text := (select u.email from auth.users u where u.id = auth.uid() and u.email_confirmed_at is not null);
begin
  select * into invitation from public.invitations i where i.token_sha256 = p_token_sha256 for update;
  if invitation.id is null or own_email is null or lower(own_email) <> invitation.email then
    perform private.fail(404, 'identity.no_such_invitation');
  elsif invitation.accepted_at is not null or invitation.expires_at < now() then
    perform private.fail(410, 'identity.invitation_over');
  end if;
  update public.invitations set accepted_at = now() where id = invitation.id;
  insert into public.members (organization_id, user_id, role)
  values (invitation.organization_id, auth.uid(), invitation.role)
  on conflict (user_id, organization_id) do nothing;
  return invitation.organization_id;
end $$;
grant execute on function private.accept_invitation(bytea) to authenticated;

-- Opens a staff sign-in for the person the claims name; called right after Supabase Auth has verified them.
create function private.open_web_session(p_token_sha256 bytea, p_hours int) returns timestamptz
language plpgsql security definer set search_path = '' as $$
declare ends timestamptz := now() + make_interval(hours => p_hours);
begin
  if auth.uid() is null then perform private.fail(401, 'identity.not_signed_in'); end if;
  delete from private.web_sessions w where w.user_id = auth.uid() and w.expires_at < now();
  insert into private.web_sessions (token_sha256, user_id, expires_at) values (p_token_sha256, auth.uid(), ends);
  return ends;
end $$;

-- Who a cookie speaks for: nobody once it has expired or was revoked.
create function private.web_session(p_token_sha256 bytea) returns table (user_id uuid, email text)
language sql stable security definer set search_path = '' as $$
  select w.user_id, u.email::text from private.web_sessions w join auth.users u on u.id = w.user_id
  where w.token_sha256 = p_token_sha256 and w.revoked_at is null and w.expires_at > now()
$$;

create function private.close_web_session(p_token_sha256 bytea) returns void
language sql security definer set search_path = '' as $$
  update private.web_sessions set revoked_at = now() where token_sha256 = p_token_sha256 and revoked_at is null
$$;
grant execute on function private.open_web_session(bytea, int) to authenticated;
grant execute on function private.web_session(bytea), private.close_web_session(bytea) to anon, authenticated;
