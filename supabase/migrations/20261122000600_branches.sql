-- Branches: named lines of development beside what is in force. Their versions are immutable and serve nobody.

create function private.branch_for(p_branch uuid) returns public.branches
language plpgsql security definer set search_path = '' as $$
declare
  branch public.branches;
begin
  select * into branch from public.branches b where b.id = p_branch for update;
  perform private.demand(branch.organization_id, 'manage_branches', 'events.no_such_branch');
  if branch.status <> 'active' then
    perform private.fail(409, 'events.branch_over', jsonb_build_object('name', branch.name, 'status', branch.status));
  end if;
  return branch;
end $$;

-- Begins a branch at a version of main (the one in force unless said otherwise), which is its first version.
create function private.open_branch(p_event uuid, p_name text, p_description text, p_base int) returns public.branches
language plpgsql security definer set search_path = '' as $$
declare
  event public.events;
  base public.event_versions;
  branch public.branches;
begin
  select * into event from public.events e where e.id = p_event;
  perform private.demand(event.organization_id, 'manage_branches');
  if p_name is null or p_name = 'main' or p_name !~ '^[a-z0-9][a-z0-9._/-]{0,62}$' then
    perform private.fail(422, 'events.bad_branch_name', jsonb_build_object('name', p_name));
  end if;
  select * into base from public.event_versions v
  where v.event_id = event.id and v.number = coalesce(p_base, v.number) and (p_base is not null or v.id = event.current_version_id);
  if base.id is null then perform private.fail(404, 'events.no_such_version', jsonb_build_object('number', p_base)); end if;
  insert into public.branches (event_id, organization_id, name, description, base_version_id, created_by, head_number)
  values (event.id, event.organization_id, p_name, coalesce(p_description, ''), base.id, auth.uid(), 1)
  on conflict (event_id, name) where status = 'active' do nothing returning * into branch;
  if branch.id is null then perform private.fail(409, 'events.branch_exists', jsonb_build_object('name', p_name)); end if;
  insert into public.branch_versions (branch_id, event_id, organization_id, number, source, canonical, sha256, message, author_id)
  values (branch.id, event.id, event.organization_id, 1, base.source, base.canonical, base.sha256,
          'As version ' || base.number, auth.uid());
  perform private.record_fact('branch.opened', jsonb_build_object('branch_id', branch.id, 'name', p_name, 'base', base.number),
                              event.organization_id, event.id);
  return branch;
end $$;

-- The next version of a branch. The number says what it was based on: who comes second is told, nothing is lost.
create function private.commit_to_branch(
  p_branch uuid, p_number int, p_source text, p_canonical text, p_sha256 text, p_message text
) returns public.branch_versions
language plpgsql security definer set search_path = '' as $$
declare
  branch public.branches := private.branch_for(p_branch);
  committed public.branch_versions;
  slug text := (select e.slug from public.events e where e.id = branch.event_id);
begin
  if not private.may_edit(branch.organization_id) then
    perform private.fail(403, 'identity.needs_permission', jsonb_build_object('permission', 'edit_document'));
  elsif p_number <> branch.head_number + 1 then
    perform private.fail(409, 'events.branch_moved', jsonb_build_object('name', branch.name, 'number', branch.head_number));
  elsif p_canonical::jsonb ->> 'id' is distinct from slug then
    perform private.fail(422, 'events.wrong_document', jsonb_build_object('slug', slug, 'found', p_canonical::jsonb ->> 'id'));
  end if;
  insert into public.branch_versions (branch_id, event_id, organization_id, number, source, canonical, sha256, message, author_id)
  values (branch.id, branch.event_id, branch.organization_id, p_number, p_source, p_canonical, p_sha256,
          left(coalesce(p_message, ''), 500), auth.uid())
  returning * into committed;
  update public.branches set head_number = p_number where id = branch.id;
  perform private.record_fact('branch.committed', jsonb_build_object('branch_id', branch.id, 'name', branch.name, 'number', p_number),
                              branch.organization_id, branch.event_id);
  return committed;
end $$;

create function private.close_branch(p_branch uuid, p_status text) returns public.branches
language plpgsql security definer set search_path = '' as $$
declare
  branch public.branches := private.branch_for(p_branch);
begin
  update public.branches set status = p_status where id = branch.id returning * into branch;
  perform private.record_fact('branch.' || p_status, jsonb_build_object('branch_id', branch.id, 'name', branch.name),
                              branch.organization_id, branch.event_id);
  return branch;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.open_branch(uuid, text, text, int),
  private.commit_to_branch(uuid, int, text, text, text, text), private.close_branch(uuid, text) to authenticated;
