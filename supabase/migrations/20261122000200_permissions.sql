-- What each member may do with configuration: a preset per role, and what an admin gave or took beyond it.

-- Whether nobody is asking: a job, a migration, the operator of the machine at the command line.
create function private.acts_as_system() returns boolean
language sql stable set search_path = '' as $$
  select coalesce(current_setting('role', true), 'none') not in ('anon', 'authenticated')
$$;

create function private.role_preset(p_role text) returns jsonb
language sql immutable set search_path = '' as $$
  select case p_role
    when 'admin' then jsonb_build_object(
      'view_config', true, 'edit_document', true, 'edit_system_prompt', true, 'add_remove_tools', true,
      'modify_integrations', true, 'change_voice_params', true, 'move_levers', true, 'manage_branches', true,
      'approve_changes', true, 'deploy_to_production', true, 'rollback_versions', true, 'manage_permissions', true,
      'max_risk_level', 'high')
    when 'operator' then jsonb_build_object(
      'view_config', true, 'edit_document', true, 'edit_system_prompt', true, 'add_remove_tools', true,
      'modify_integrations', false, 'change_voice_params', true, 'move_levers', true, 'manage_branches', true,
      'approve_changes', true, 'deploy_to_production', true, 'rollback_versions', true, 'manage_permissions', false,
      'max_risk_level', 'medium')
    else jsonb_build_object(
      'view_config', true, 'edit_document', false, 'edit_system_prompt', false, 'add_remove_tools', false,
      'modify_integrations', false, 'change_voice_params', false, 'move_levers', false, 'manage_branches', false,
      'approve_changes', false, 'deploy_to_production', false, 'rollback_versions', false, 'manage_permissions', false,
      'max_risk_level', 'low')
  end
$$;

-- The first name or value that is no permission, or null.
create function private.wrong_permission(p_overrides jsonb) returns text
language sql immutable set search_path = '' as $$
  select e.key from jsonb_each(p_overrides) e
  where not private.role_preset('admin') ? e.key
    or (e.key = 'max_risk_level' and e.value not in ('"low"', '"medium"', '"high"'))
    or (e.key <> 'max_risk_level' and jsonb_typeof(e.value) <> 'boolean')
  limit 1
$$;

alter table public.members
  add column permissions jsonb not null default '{}'
  check (jsonb_typeof(permissions) = 'object' and private.wrong_permission(permissions) is null);

create function private.permissions_of(p_role text, p_overrides jsonb) returns jsonb
language sql immutable set search_path = '' as $$ select private.role_preset(p_role) || p_overrides $$;

create function private.risk_rank(p_risk text) returns int
language sql immutable set search_path = '' as $$ select array_position(array['none', 'low', 'medium', 'high'], p_risk) $$;

create function private.my_permissions(p_organization uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select private.permissions_of(m.role::text, m.permissions) from public.members m
  where m.organization_id = p_organization and m.user_id = (select auth.uid())
$$;

create function private.may(p_organization uuid, p_permission text) returns boolean
language sql stable security definer set search_path = '' as $$
  select private.acts_as_system()
    or coalesce((private.my_permissions(p_organization) ->> p_permission)::boolean, false)
$$;

-- Organizations in which the actor has a permission, in the form that policies ask once per statement.
create function private.organizations_where(p_permission text) returns setof uuid
language sql stable security definer set search_path = '' as $$
  select m.organization_id from public.members m
  where m.user_id = (select auth.uid())
    and (private.permissions_of(m.role::text, m.permissions) ->> p_permission)::boolean
$$;

-- Raises unless the actor belongs to the organization (else it does not exist for him) and has the permission.
create function private.demand(p_organization uuid, p_permission text, p_hidden text default 'events.not_found') returns void
language plpgsql stable security definer set search_path = '' as $$
begin
  if private.acts_as_system() then return; end if;
  if p_organization is null or p_organization not in (select private.organizations_of_actor()) then
    perform private.fail(404, p_hidden);
  elsif not private.may(p_organization, p_permission) then
    perform private.fail(403, 'identity.needs_permission', jsonb_build_object('permission', p_permission));
  end if;
end $$;

-- Whether the actor may change any part of a document.
create function private.may_edit(p_organization uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select private.acts_as_system() or coalesce((
    select bool_or((m ->> k)::boolean) from (select private.my_permissions(p_organization) as m) mine,
    unnest(array['edit_document', 'edit_system_prompt', 'add_remove_tools', 'modify_integrations', 'change_voice_params']) k), false)
$$;

create function private.list_members(p_organization uuid)
returns table (user_id uuid, email text, role text, overrides jsonb, permissions jsonb, joined_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select m.user_id, u.email::text, m.role::text, m.permissions,
         private.permissions_of(m.role::text, m.permissions), m.created_at
  from public.members m join auth.users u on u.id = m.user_id
  where m.organization_id = p_organization
    and (private.acts_as_system() or p_organization in (select private.organizations_of_actor()))
  order by m.role, u.email
$$;

-- Names of colleagues for histories; somebody who has left is still the author of what he wrote.
create function private.email_of(p_user uuid) returns text
language sql stable security definer set search_path = '' as $$ select u.email::text from auth.users u where u.id = p_user $$;

-- Gives and takes permissions of one member. Nobody gives what he has not himself, nor changes who has more than he.
create function private.set_permissions(p_organization uuid, p_user uuid, p_overrides jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  target public.members;
  own jsonb;
  before jsonb;
  after jsonb;
  wrong text := private.wrong_permission(p_overrides);
begin
  -- one after the other: whose right was taken a moment ago has it no more, and who is last is counted
  perform 1 from public.organizations o where o.id = p_organization for update;
  perform private.demand(p_organization, 'manage_permissions', 'identity.no_such_member');
  own := private.my_permissions(p_organization);
  if wrong is not null then
    perform private.fail(422, 'identity.unknown_permission', jsonb_build_object(
      'permission', wrong, 'expected', (select jsonb_agg(k) from jsonb_object_keys(private.role_preset('admin')) k)));
  end if;
  select * into target from public.members m where m.organization_id = p_organization and m.user_id = p_user for update;
  if target.id is null then perform private.fail(404, 'identity.no_such_member'); end if;
  before := private.permissions_of(target.role::text, target.permissions);
  -- what equals the preset is no override: a later change of the role then takes its whole effect
  p_overrides := coalesce((select jsonb_object_agg(e.key, e.value) from jsonb_each(p_overrides) e
                           where private.role_preset(target.role::text) -> e.key is distinct from e.value), '{}');
  after := private.permissions_of(target.role::text, p_overrides);
  if not private.acts_as_system() and (private.exceeds(after, own) or private.exceeds(before, own)) then
    perform private.fail(403, 'identity.above_yourself');
  end if;
  update public.members set permissions = p_overrides where id = target.id;
  perform private.record_fact('member.permissions_changed',
    jsonb_build_object('user_id', p_user, 'before', before, 'after', after), p_organization);
  return after;
end $$;

create function private.exceeds(p_one jsonb, p_other jsonb) returns boolean
language sql immutable set search_path = '' as $$
  select private.risk_rank(p_one ->> 'max_risk_level') > private.risk_rank(p_other ->> 'max_risk_level')
    or exists (select from jsonb_each(p_one) e where e.value = 'true' and p_other -> e.key is distinct from 'true')
$$;

-- Roles change through row-level security (admins); a role is a fact like a permission.
create function private.note_role() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.record_fact('member.role_changed',
    jsonb_build_object('user_id', new.user_id, 'before', old.role, 'after', new.role), new.organization_id);
  return null;
end $$;
create trigger note_role after update of role on public.members
  for each row when (old.role is distinct from new.role) execute function private.note_role();

-- A role or an invitation gives many permissions at once: the same rule, whichever way somebody comes by them.
create function private.guard_member() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  own jsonb;
begin
  if private.acts_as_system() then return coalesce(new, old); end if;
  own := private.my_permissions(coalesce(new.organization_id, old.organization_id));
  if tg_op <> 'INSERT' and private.exceeds(private.permissions_of(old.role::text, old.permissions), own)
     or tg_op <> 'DELETE' and private.exceeds(private.permissions_of(new.role::text, new.permissions), own) then
    perform private.fail(403, 'identity.above_yourself');
  end if;
  return coalesce(new, old);
end $$;
create trigger guard_member before update of role or delete on public.members
  for each row execute function private.guard_member();

create function private.guard_invitation() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not private.acts_as_system()
     and private.exceeds(private.role_preset(new.role::text), private.my_permissions(new.organization_id)) then
    perform private.fail(403, 'identity.above_yourself');
  end if;
  return new;
end $$;
create trigger guard_invitation before insert on public.invitations
  for each row execute function private.guard_invitation();

-- Somebody can always manage permissions. Counted one after the other, so that two cannot leave at the same moment.
create function private.keep_a_manager() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform 1 from public.organizations o where o.id = old.organization_id for update;
  if found and exists (select from public.members m where m.organization_id = old.organization_id)
     and not exists (select from public.members m where m.organization_id = old.organization_id
                     and (private.permissions_of(m.role::text, m.permissions) ->> 'manage_permissions')::boolean) then
    perform private.fail(409, 'identity.last_manager', jsonb_build_object('organization_id', old.organization_id));
  end if;
  return null;
end $$;
create trigger keep_somebody_who_manages after update of role, permissions or delete on public.members
  for each row execute function private.keep_a_manager();

revoke execute on all functions in schema private from public;
grant execute on function private.acts_as_system(), private.may(uuid, text), private.may_edit(uuid),
  private.organizations_where(text), private.my_permissions(uuid), private.list_members(uuid)
  to anon, authenticated, service_role;
grant execute on function private.set_permissions(uuid, uuid, jsonb), private.email_of(uuid),
  private.permissions_of(text, jsonb) to authenticated;
-- the check of `members.permissions` runs with the rights of whoever writes the row
grant execute on function private.wrong_permission(jsonb), private.role_preset(text) to authenticated, service_role;

-- Roles and invitations can give everything: they need the right to manage permissions as well as the role.
create policy members_manage on public.members as restrictive for update to authenticated
  using (organization_id in (select private.organizations_where('manage_permissions')));
create policy members_dismiss on public.members as restrictive for delete to authenticated
  using (organization_id in (select private.organizations_where('manage_permissions')));
create policy invitations_manage on public.invitations as restrictive for insert to authenticated
  with check (organization_id in (select private.organizations_where('manage_permissions')));

-- Reading a document is a permission now; creating, naming, pausing and closing an event are part of deploying it.
alter policy versions_read on public.event_versions
  using (organization_id in (select private.organizations_where('view_config')));
-- The name is part of the document; a status only goes forward.
revoke update (name) on public.events from authenticated;
create function private.refuse_draft_again() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform private.fail(409, 'events.published_already', jsonb_build_object('slug', old.slug));
  return null;
end $$;
create trigger refuse_draft_again before update of status on public.events
  for each row when (new.status = 'draft' and old.status <> 'draft') execute function private.refuse_draft_again();
revoke execute on function private.refuse_draft_again() from public;
alter policy events_create on public.events
  with check (organization_id in (select private.organizations_where('deploy_to_production')) and created_by = (select auth.uid()));
alter policy events_change on public.events
  using (organization_id in (select private.organizations_where('deploy_to_production')))
  with check (organization_id in (select private.organizations_where('deploy_to_production')));
