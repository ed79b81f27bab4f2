-- The gate: what a change needs before it may be in force. It stands where a version is inserted, so that every way in meets it.

-- Who has to agree to a document replacing the version in force, given whose work it is.
create function private.needs_of(p_event uuid, p_after jsonb, p_contributors uuid[]) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  event public.events;
  current public.event_versions;
  policy public.approval_policies;
  change jsonb;
  radius jsonb := private.blast_radius(p_event);
  leaf_risk text;
  risk text;
  escalated boolean;
  wanted int;
  eligible int;
  admins int;
  others int;
  reasons text[] := '{}';
begin
  select * into event from public.events e where e.id = p_event;
  select * into current from public.event_versions v where v.id = event.current_version_id;
  policy := private.approval_policy(event.organization_id);
  if current.id is null then  -- nobody is in it yet: no approvals, but nothing in it that its authors may not do
    change := private.risk_of('{}', p_after);
    return change || jsonb_build_object('leaf_risk', change -> 'risk', 'radius', radius, 'escalated', false, 'needed', 0,
      'needs_admin', false, 'eligible', 0, 'levers_only', false, 'reasons', jsonb_build_array('first_version'));
  end if;
  change := private.risk_of(current.document, p_after,
    (select v.document from public.event_versions v where v.id = coalesce(current.baseline_id, current.id)));
  leaf_risk := change ->> 'risk';
  escalated := change -> 'reloads' ?| array['live', 'kill']
    and ((radius ->> 'conversations')::int >= policy.escalate_conversations or (radius ->> 'holds')::int >= policy.escalate_holds);
  risk := case when escalated and leaf_risk = 'low' then 'medium' when escalated and leaf_risk = 'medium' then 'high' else leaf_risk end;
  if escalated and risk <> leaf_risk then reasons := array_append(reasons, 'reaches_open_conversations'); end if;
  wanted := case risk when 'high' then policy.high when 'medium' then policy.medium when 'low' then policy.low else 0 end;
  select count(*) filter (where (p.rights ->> 'approve_changes')::boolean
                            and private.risk_rank(p.rights ->> 'max_risk_level') >= private.risk_rank(risk)),
         count(*) filter (where p.is_admin and (p.rights ->> 'approve_changes')::boolean
                            and private.risk_rank(p.rights ->> 'max_risk_level') >= private.risk_rank(risk)),
         count(*)
    into eligible, admins, others
  from (select private.permissions_of(m.role::text, m.permissions) as rights, m.role = 'admin' as is_admin from public.members m
        where m.organization_id = event.organization_id and m.user_id <> all (p_contributors)) p;
  if (change ->> 'levers_only')::boolean and risk <> 'none' then
    wanted := 0;
    reasons := array_append(reasons, 'levers_inside_their_range');
  elsif wanted > 0 and others = 0 then
    wanted := 0;  -- an organization of one: nobody could ever agree
    reasons := array_append(reasons, 'nobody_else_in_the_organization');
  elsif wanted > greatest(eligible, 1) then
    wanted := greatest(eligible, 1);
    reasons := array_append(reasons, case when eligible = 0 then 'nobody_may_approve' else 'everybody_who_may' end);
  end if;
  if wanted > 0 and risk = 'high' and policy.high_needs_admin and admins = 0 then
    reasons := array_append(reasons, 'no_other_admin');
  end if;
  return jsonb_build_object('risk', risk, 'leaf_risk', leaf_risk, 'radius', radius, 'escalated', escalated, 'needed', wanted,
    'needs_admin', wanted > 0 and risk = 'high' and policy.high_needs_admin, 'eligible', eligible,
    'reasons', to_jsonb(reasons), 'reloads', change -> 'reloads', 'permissions', change -> 'permissions',
    'levers_only', change -> 'levers_only', 'outside', change -> 'outside');
end $$;

-- Approvals that count: of this very text on this very base, by people who still may, who did not write it, and who have
-- not changed their mind.
create function private.approvals_of(p_draft public.drafts, p_risk text) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('user_id', r.reviewer_id, 'email', private.email_of(r.reviewer_id),
                                               'at', r.created_at, 'reason', r.reason, 'is_admin', m.role = 'admin')
                            order by r.created_at), '[]')
  from (select distinct on (d.reviewer_id) d.* from public.draft_reviews d
        where d.draft_id = p_draft.id order by d.reviewer_id, d.created_at desc, d.id) r
  join public.members m on m.user_id = r.reviewer_id and m.organization_id = p_draft.organization_id
  where r.verdict = 'approve' and r.sha256 = p_draft.sha256 and r.base_version_id is not distinct from p_draft.base_version_id
    and r.reviewer_id <> all (p_draft.contributors)
    and (private.permissions_of(m.role::text, m.permissions) ->> 'approve_changes')::boolean
    and private.risk_rank(private.permissions_of(m.role::text, m.permissions) ->> 'max_risk_level') >= private.risk_rank(p_risk)
$$;

-- Reviewers who said no to this very text on this very base, and have not said otherwise since.
create function private.objections_to(p_draft public.drafts) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('user_id', r.reviewer_id, 'email', private.email_of(r.reviewer_id),
                                               'at', r.created_at, 'reason', r.reason, 'verdict', r.verdict)
                            order by r.created_at), '[]')
  from (select distinct on (d.reviewer_id) d.* from public.draft_reviews d
        where d.draft_id = p_draft.id order by d.reviewer_id, d.created_at desc, d.id) r
  join public.members m on m.user_id = r.reviewer_id and m.organization_id = p_draft.organization_id
  where r.verdict <> 'approve' and r.sha256 = p_draft.sha256 and r.base_version_id is not distinct from p_draft.base_version_id
    and (private.permissions_of(m.role::text, m.permissions) ->> 'approve_changes')::boolean
$$;

-- What a draft needs now, what it has, and whether that is enough.
create function private.draft_needs(p_draft uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  draft public.drafts;
  needs jsonb;
  given jsonb;
  objections jsonb;
begin
  select * into draft from public.drafts d where d.id = p_draft;
  perform private.demand(draft.organization_id, 'view_config', 'events.no_such_draft');
  if draft.canonical is null then return null; end if;
  needs := private.needs_of(draft.event_id, draft.canonical::jsonb, draft.contributors);
  given := private.approvals_of(draft, needs ->> 'risk');
  objections := private.objections_to(draft);
  return needs || jsonb_build_object('approvals', given, 'given', jsonb_array_length(given), 'objections', objections, 'met',
    jsonb_array_length(given) >= (needs ->> 'needed')::int and objections = '[]'
    and (not (needs ->> 'needs_admin')::boolean or given @> '[{"is_admin": true}]'));
end $$;

create function private.refuse_unapproved(needs jsonb, given int) returns void
language plpgsql set search_path = '' as $$
begin
  perform private.fail(409, 'events.needs_approval', jsonb_build_object('risk', needs -> 'risk', 'needed', needs -> 'needed',
    'needs_admin', needs -> 'needs_admin', 'given', given, 'reasons', needs -> 'reasons',
    'objections', coalesce(needs -> 'objections', '[]')));
end $$;

create function private.refuse_risk(p_risk text, own jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  if private.risk_rank(p_risk) > private.risk_rank(own ->> 'max_risk_level') then
    perform private.fail(403, 'events.above_your_risk', jsonb_build_object('risk', p_risk, 'max_risk_level', own -> 'max_risk_level'));
  end if;
end $$;

-- A rename leads from something that is gone to something of the same kind that is there.
create function private.check_renames(p_renames jsonb, p_gone jsonb, p_after jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  wrong record;
begin
  select r.key, r.value into wrong from jsonb_each(p_renames) r
  where not exists (
    select from jsonb_array_elements(p_gone) g where g ->> 'name' = r.key and (
      (g ->> 'kind' = 'field' and p_after #> '{catalogue,attributes}' @> jsonb_build_array(jsonb_build_object('name', r.value)))
      or (g ->> 'kind' = 'signal' and p_after #> '{preference_extraction,signals}' @> jsonb_build_array(r.value))))
  limit 1;
  if found then
    perform private.fail(422, 'events.bad_rename', jsonb_build_object('from', wrong.key, 'to', wrong.value, 'gone', p_gone));
  end if;
end $$;

-- Before a version is stored: what it changes, whether it may, and what it takes from conversations that are open.
create function private.gate_version() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  event public.events;
  current public.event_versions;
  restored public.event_versions;
  draft public.drafts;
  needs jsonb;
  own jsonb;
  permission text;
begin
  select * into event from public.events e where e.id = new.event_id;
  select * into current from public.event_versions v where v.id = event.current_version_id;
  new.based_on := current.id;
  new.baseline_id := case when new.kind = 'lever' then coalesce(current.baseline_id, current.id) else new.id end;
  select * into draft from public.drafts d where d.id = new.draft_id;
  needs := private.needs_of(new.event_id, new.document,
    case when draft.id is not null then draft.contributors when auth.uid() is null then '{}' else array[auth.uid()] end);
  new.risk := needs ->> 'risk';
  new.reloads := array(select jsonb_array_elements_text(needs -> 'reloads'));
  new.gone := case when current.id is null then '[]' else private.gone(new.event_id, current.document, new.document) end;

  -- Nothing but levers inside their ranges: measured from where the last approved version put them, and no new measure.
  if new.kind = 'publish' and current.id is not null and (needs ->> 'levers_only')::boolean and not private.acts_as_system()
     and (draft.id is null or jsonb_array_length(private.approvals_of(draft, new.risk)) = 0) then
    new.kind := 'lever';
    new.baseline_id := coalesce(current.baseline_id, current.id);
  -- What is so harmless that nobody agreed to it is no new measure either: levers would creep between two such versions.
  elsif new.kind = 'publish' and current.id is not null and new.risk = 'low' and not private.acts_as_system()
     and (draft.id is null or jsonb_array_length(private.approvals_of(draft, new.risk)) = 0) then
    new.baseline_id := coalesce(current.baseline_id, current.id);
  end if;
  if new.kind in ('rollback', 'auto_rollback') then
    select * into restored from public.event_versions v where v.id = new.restores and v.event_id = new.event_id;
    if restored.sha256 is distinct from new.sha256 then
      perform private.fail(422, 'events.wrong_document', jsonb_build_object('slug', event.slug, 'found', new.sha256));
    end if;
    new.baseline_id := coalesce(restored.baseline_id, restored.id);  -- levers are measured as they were then
  end if;
  perform private.check_renames(new.renames, new.gone, new.document);
  if exists (select from jsonb_array_elements(new.gone) g where (g ->> 'conversations')::int > 0) and new.carry is null then
    if private.acts_as_system() then
      new.carry := 'drain';
    else
      perform private.fail(409, 'events.breaking_change', jsonb_build_object('gone', new.gone));
    end if;
  end if;
  if private.acts_as_system() then return new; end if;

  own := private.my_permissions(new.organization_id);
  if new.kind = 'auto_rollback' then
    perform private.fail(403, 'core.not_allowed');
  elsif new.kind = 'rollback' then
    perform private.demand(new.organization_id, 'rollback_versions');
    perform private.refuse_risk(new.risk, own);
    -- back to what was taken back is no way back: it needs the agreement that any such change needs
    if (needs ->> 'needed')::int > 0 and exists (
      select from public.event_versions r join public.event_versions t on t.id = r.restores
      where r.event_id = new.event_id and r.number > restored.number and t.number < restored.number) then
      perform private.refuse_unapproved(needs, 0);
    end if;
  elsif new.kind = 'lever' then
    perform private.demand(new.organization_id, 'move_levers');
    if not (needs ->> 'levers_only')::boolean then
      perform private.fail(403, 'events.outside_lever', jsonb_build_object('paths', needs -> 'outside'));
    end if;
  else
    perform private.demand(new.organization_id, 'deploy_to_production');
    perform private.demand(new.organization_id, 'view_config');
    if draft.id is null then
      for permission in select jsonb_array_elements_text(needs -> 'permissions') loop
        perform private.demand(new.organization_id, permission);
      end loop;
    end if;
    perform private.refuse_risk(new.risk, own);
    if draft.id is null then
      if (needs ->> 'needed')::int > 0 then perform private.refuse_unapproved(needs, 0); end if;
    else
      if draft.sha256 is distinct from new.sha256 or draft.event_id <> new.event_id then
        perform private.fail(409, 'events.draft_stale', jsonb_build_object('revision', draft.revision, 'sha256', draft.sha256));
      end if;
      needs := private.draft_needs(draft.id);
      if not (needs ->> 'met')::boolean then perform private.refuse_unapproved(needs, (needs ->> 'given')::int); end if;
      new.approvals := needs -> 'approvals';
    end if;
  end if;
  return new;
end $$;
create trigger gate_version before insert on public.event_versions
  for each row execute function private.gate_version();

-- Publishes a compiled document for the caller without a draft: only what needs nobody's approval.
create or replace function private.publish_version(
  p_event uuid, p_number int, p_canonical text, p_source text, p_sha256 text, p_message text
) returns public.event_versions
language plpgsql security definer set search_path = '' as $$
declare
  owner uuid := (select e.organization_id from public.events e where e.id = p_event);
  published public.event_versions;
begin
  if not private.acts_as_system() then
    if owner is null or owner not in (select private.organizations_of_actor()) then
      perform private.fail(404, 'events.not_found');
    elsif not private.may(owner, 'deploy_to_production') then
      perform private.fail(403, 'events.may_not_publish');
    end if;
  end if;
  insert into public.event_versions (event_id, organization_id, number, document, canonical, source, sha256, message, author_id)
  values (p_event, owner, p_number, p_canonical::jsonb, p_canonical, p_source, p_sha256, p_message, auth.uid())
  returning * into published;
  return published;
end $$;

-- What somebody writes into a draft must be his to change. What is in force, or stood there before him, is not his doing.
create function private.demand_changes(event public.events, p_own boolean, p_before text, p_after text) returns void
language plpgsql security definer set search_path = '' as $$
declare
  current jsonb := (select v.document from public.event_versions v where v.id = event.current_version_id);
  permission text;
begin
  -- a first version is judged as a whole, when it is put forward
  if private.acts_as_system() or not p_own or p_after is null or current is null then return; end if;
  for permission in
    select jsonb_array_elements_text(private.risk_of(current, p_after::jsonb) -> 'permissions')
    intersect
    select jsonb_array_elements_text(private.risk_of(coalesce(p_before::jsonb, current), p_after::jsonb) -> 'permissions')
  loop
    perform private.demand(event.organization_id, permission);
  end loop;
end $$;

-- Keeps a draft: a new one, or the next revision of one that nobody has changed in the meantime. What was approved is no
-- longer approved once the text is another.
create function private.save_draft(
  p_draft uuid, p_event uuid, p_revision int, p_base uuid, p_title text, p_source text, p_canonical text, p_sha256 text,
  p_origin text, p_branch uuid, p_branch_number int default null
) returns public.drafts
language plpgsql security definer set search_path = '' as $$
declare
  event public.events;
  draft public.drafts;
  days int;
begin
  if p_draft is not null then
    select * into draft from public.drafts d where d.id = p_draft for update;
    p_event := draft.event_id;
  end if;
  select * into event from public.events e where e.id = p_event;
  perform private.demand(event.organization_id, 'view_config', case when p_draft is null then 'events.not_found' else 'events.no_such_draft' end);
  if not private.may_edit(event.organization_id) then
    perform private.fail(403, 'identity.needs_permission', jsonb_build_object('permission', 'edit_document'));
  end if;
  days := (private.approval_policy(event.organization_id)).draft_days;
  if p_base is not null and not exists (select from public.event_versions v where v.id = p_base and v.event_id = event.id) then
    perform private.fail(404, 'events.no_such_version', jsonb_build_object('version_id', p_base));
  end if;
  if p_branch is not null and not exists (
    select from public.branches b where b.id = p_branch and b.event_id = event.id and b.status = 'active') then
    perform private.fail(404, 'events.no_such_branch');
  end if;
  if p_draft is null then
    perform private.demand_changes(event, p_branch is null, null, p_canonical);
    if (select count(*) from public.drafts d where d.event_id = event.id and d.status in ('open', 'in_review', 'approved')
        and d.expires_at > now()) >= 500 then
      perform private.fail(429, 'events.too_many_drafts', jsonb_build_object('limit', 500));
    end if;
    insert into public.drafts (event_id, organization_id, title, source, canonical, sha256, base_version_id, branch_id, origin,
                               author_id, contributors, updated_by, expires_at, branch_number)
    values (event.id, event.organization_id, coalesce(p_title, ''), p_source, p_canonical, p_sha256,
            coalesce(p_base, event.current_version_id), p_branch, coalesce(p_origin, 'edit'), auth.uid(),
            -- whoever wrote on the branch wrote this; its first version is a copy
            array(select distinct a.id from (
                    select auth.uid() as id union all
                    select v.author_id from public.branch_versions v where v.branch_id = p_branch and v.number > 1) a
                  where a.id is not null),
            auth.uid(), now() + make_interval(days => days),
            coalesce(p_branch_number, (select b.head_number from public.branches b where b.id = p_branch)))
    returning * into draft;
    perform private.record_fact('draft.opened', jsonb_build_object('draft_id', draft.id, 'origin', draft.origin),
                                draft.organization_id, draft.event_id);
    return draft;
  end if;
  perform private.refuse_over(draft);
  if p_revision is distinct from draft.revision then
    perform private.fail(409, 'events.draft_stale', jsonb_build_object('draft_id', draft.id, 'revision', draft.revision,
      'sha256', draft.sha256, 'updated_by', private.email_of(draft.updated_by), 'updated_at', draft.updated_at));
  end if;
  perform private.demand_changes(event, true, draft.canonical, p_canonical);
  if draft.status in ('in_review', 'approved') and p_source is distinct from draft.source then
    perform private.record_fact('draft.reset', jsonb_build_object('draft_id', draft.id, 'was', draft.status),
                                draft.organization_id, draft.event_id);
  end if;
  update public.drafts d set
    title = coalesce(p_title, d.title), source = p_source, canonical = p_canonical, sha256 = p_sha256,
    base_version_id = coalesce(p_base, d.base_version_id), revision = d.revision + 1, updated_at = now(), updated_by = auth.uid(),
    contributors = case when auth.uid() is null or auth.uid() = any (d.contributors) then d.contributors else d.contributors || auth.uid() end,
    status = case when p_source is distinct from d.source or p_base is distinct from d.base_version_id then 'open' else d.status end,
    expires_at = now() + make_interval(days => days)
  where d.id = p_draft returning * into draft;
  return draft;
end $$;

create function private.refuse_over(draft public.drafts) returns void
language plpgsql stable set search_path = '' as $$
begin
  if draft.status in ('published', 'discarded') then
    perform private.fail(409, 'events.draft_over', jsonb_build_object('draft_id', draft.id, 'status', draft.status));
  elsif draft.expires_at <= now() then
    perform private.fail(410, 'events.draft_expired', jsonb_build_object('draft_id', draft.id, 'expired_at', draft.expires_at));
  end if;
end $$;

-- The draft, locked, for somebody who has the permission; hidden ones are not found.
create function private.draft_for(p_draft uuid, p_revision int, p_permission text) returns public.drafts
language plpgsql security definer set search_path = '' as $$
declare
  draft public.drafts;
begin
  select * into draft from public.drafts d where d.id = p_draft for update;
  perform private.demand(draft.organization_id, 'view_config', 'events.no_such_draft');
  perform private.demand(draft.organization_id, p_permission, 'events.no_such_draft');
  perform private.refuse_over(draft);
  if p_revision is not null and p_revision <> draft.revision then
    perform private.fail(409, 'events.draft_stale', jsonb_build_object('draft_id', draft.id, 'revision', draft.revision,
      'sha256', draft.sha256, 'updated_by', private.email_of(draft.updated_by), 'updated_at', draft.updated_at));
  end if;
  return draft;
end $$;

create function private.tell_draft(draft public.drafts, p_kind text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform private.record_fact('draft.' || p_kind, jsonb_build_object('draft_id', draft.id, 'title', draft.title,
    'risk', draft.risk, 'revision', draft.revision), draft.organization_id, draft.event_id);
  perform realtime.send(jsonb_build_object('event_id', draft.event_id, 'draft_id', draft.id, 'status', draft.status),
                        'draft_changed', 'organization:' || draft.organization_id, true);
end $$;

-- Puts a draft forward. Whoever does so must be allowed every change in it.
create function private.submit_draft(p_draft uuid, p_revision int, p_message text) returns public.drafts
language plpgsql security definer set search_path = '' as $$
declare
  draft public.drafts := private.draft_for(p_draft, p_revision, 'view_config');
  current uuid := (select e.current_version_id from public.events e where e.id = draft.event_id);
  needs jsonb;
  permission text;
begin
  if draft.status not in ('open', 'rejected') then return draft; end if;  -- put forward already
  if draft.canonical is null then perform private.fail(409, 'events.draft_invalid', jsonb_build_object('draft_id', draft.id)); end if;
  if draft.base_version_id is distinct from current then
    perform private.fail(409, 'events.base_moved', jsonb_build_object('draft_id', draft.id, 'base', draft.base_version_id, 'current', current));
  end if;
  if exists (select from public.event_versions v where v.id = current and v.sha256 = draft.sha256) then
    perform private.fail(409, 'events.nothing_changed', jsonb_build_object('draft_id', draft.id));
  end if;
  needs := private.needs_of(draft.event_id, draft.canonical::jsonb, draft.contributors);
  for permission in select jsonb_array_elements_text(needs -> 'permissions') loop
    perform private.demand(draft.organization_id, permission);
  end loop;
  update public.drafts set
    status = case when (needs ->> 'needed')::int = 0 then 'approved' else 'in_review' end,
    message = left(coalesce(p_message, ''), 500), risk = needs ->> 'risk', radius = needs -> 'radius', submitted_at = now(),
    contributors = case when auth.uid() is null or auth.uid() = any (contributors) then contributors else contributors || auth.uid() end
  where id = p_draft returning * into draft;
  perform private.tell_draft(draft, 'submitted');
  return draft;
end $$;

-- A verdict on a draft as it stands. Whoever worked on it has none.
create function private.review_draft(p_draft uuid, p_revision int, p_verdict text, p_reason text) returns public.drafts
language plpgsql security definer set search_path = '' as $$
declare
  draft public.drafts := private.draft_for(p_draft, p_revision, 'approve_changes');
  needs jsonb;
  own jsonb := private.my_permissions(draft.organization_id);
begin
  if auth.uid() is null then perform private.fail(401, 'identity.not_signed_in'); end if;
  if draft.status not in ('in_review', 'approved') then
    perform private.fail(409, 'events.not_in_review', jsonb_build_object('draft_id', draft.id, 'status', draft.status));
  elsif auth.uid() = any (draft.contributors) then
    perform private.fail(403, 'events.own_draft', jsonb_build_object('draft_id', draft.id));
  elsif p_verdict <> 'approve' and length(trim(coalesce(p_reason, ''))) = 0 then
    perform private.fail(422, 'events.reason_needed', jsonb_build_object('verdict', p_verdict));
  end if;
  needs := private.draft_needs(p_draft);
  if p_verdict = 'approve' and private.risk_rank(needs ->> 'risk') > private.risk_rank(own ->> 'max_risk_level') then
    perform private.fail(403, 'events.above_your_risk',
      jsonb_build_object('risk', needs -> 'risk', 'max_risk_level', own -> 'max_risk_level'));
  end if;
  insert into public.draft_reviews (draft_id, organization_id, reviewer_id, verdict, reason, revision, sha256, base_version_id, created_at)
  values (draft.id, draft.organization_id, auth.uid(), p_verdict, coalesce(p_reason, ''), draft.revision, draft.sha256,
          draft.base_version_id, clock_timestamp());
  update public.drafts set status = case
      when p_verdict = 'reject' then 'rejected' when p_verdict = 'request_edits' then 'open'
      when (private.draft_needs(p_draft) ->> 'met')::boolean then 'approved' else 'in_review' end
  where id = p_draft returning * into draft;
  perform private.tell_draft(draft, 'reviewed');
  return draft;
end $$;

-- Takes a draft back from review, to go on writing or to think again.
create function private.recall_draft(p_draft uuid) returns public.drafts
language plpgsql security definer set search_path = '' as $$
declare
  draft public.drafts := private.draft_for(p_draft, null, 'view_config');
begin
  if not private.acts_as_system() and not auth.uid() = any (draft.contributors) then
    perform private.fail(403, 'events.not_your_draft', jsonb_build_object('draft_id', draft.id));
  end if;
  update public.drafts set status = 'open' where id = p_draft and status in ('in_review', 'approved', 'rejected') returning * into draft;
  if found then perform private.tell_draft(draft, 'recalled'); else select * into draft from public.drafts d where d.id = p_draft; end if;
  return draft;
end $$;

create function private.discard_draft(p_draft uuid) returns public.drafts
language plpgsql security definer set search_path = '' as $$
declare
  draft public.drafts;
begin
  select * into draft from public.drafts d where d.id = p_draft for update;
  perform private.demand(draft.organization_id, 'view_config', 'events.no_such_draft');
  if draft.status = 'discarded' then return draft; end if;
  if draft.status = 'published' then perform private.refuse_over(draft); end if;
  if not private.acts_as_system() and not auth.uid() = any (draft.contributors)
     and not private.may(draft.organization_id, 'manage_permissions') then
    perform private.fail(403, 'events.not_your_draft', jsonb_build_object('draft_id', draft.id));
  end if;
  update public.drafts set status = 'discarded' where id = p_draft returning * into draft;
  perform private.tell_draft(draft, 'discarded');
  return draft;
end $$;

-- Puts an approved draft in force. The trigger asks again whether it may: people, risk and stakes of now.
create function private.publish_draft(p_draft uuid, p_revision int, p_carry text, p_renames jsonb) returns public.event_versions
language plpgsql security definer set search_path = '' as $$
declare
  draft public.drafts;
  event public.events;
  published public.event_versions;
begin
  select * into draft from public.drafts d where d.id = p_draft;
  select * into event from public.events e where e.id = draft.event_id for no key update;  -- event before draft, always
  draft := private.draft_for(p_draft, p_revision, 'view_config');
  if draft.canonical is null then perform private.fail(409, 'events.draft_invalid', jsonb_build_object('draft_id', draft.id)); end if;
  if draft.status = 'rejected' then perform private.fail(409, 'events.not_in_review', jsonb_build_object('draft_id', draft.id, 'status', draft.status)); end if;
  if draft.base_version_id is distinct from event.current_version_id then
    perform private.fail(409, 'events.base_moved',
      jsonb_build_object('draft_id', draft.id, 'base', draft.base_version_id, 'current', event.current_version_id));
  end if;
  if draft.status = 'open' then draft := private.submit_draft(p_draft, p_revision, draft.message); end if;
  insert into public.event_versions (event_id, organization_id, number, document, canonical, source, sha256, message, author_id,
                                     draft_id, carry, renames)
  values (event.id, event.organization_id,
          1 + coalesce((select max(v.number) from public.event_versions v where v.event_id = event.id), 0),
          draft.canonical::jsonb, draft.canonical, draft.source, draft.sha256,
          coalesce(nullif(draft.message, ''), draft.title), coalesce(draft.author_id, auth.uid()), draft.id, p_carry, coalesce(p_renames, '{}'))
  returning * into published;
  update public.drafts set status = 'published', published_version_id = published.id where id = p_draft returning * into draft;
  update public.branches set status = 'merged' where id = draft.branch_id and status = 'active' and head_number = draft.branch_number;
  perform private.tell_draft(draft, 'published');
  return published;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.publish_version(uuid, int, text, text, text, text),
  private.save_draft(uuid, uuid, int, uuid, text, text, text, text, text, uuid, int), private.submit_draft(uuid, int, text),
  private.review_draft(uuid, int, text, text), private.recall_draft(uuid), private.discard_draft(uuid),
  private.publish_draft(uuid, int, text, jsonb), private.draft_needs(uuid)
  to authenticated;
