-- The database after all migrations: schemas public and private. Written by `python -m tests.db.schema_page`.
CREATE SCHEMA private;
CREATE SCHEMA public;
COMMENT ON SCHEMA public IS 'standard public schema';
CREATE TYPE public.member_role AS ENUM (
    'admin',
    'operator',
    'specialist',
    'viewer'
);
CREATE FUNCTION private.accept_invitation(p_token_sha256 bytea) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.activate_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  notice jsonb;
  event_slug text;
  carried int := 0;
begin
  update public.events e set
    current_version_id = new.id,
    name = coalesce(new.document ->> 'name', e.name),
    status = case when e.status = 'draft' then 'live' else e.status end,
    hold_ttl_s = coalesce((new.document #>> '{conversion,hold_minutes}')::numeric * 60, e.hold_ttl_s)::int,
    hold_limit = coalesce((new.document #>> '{conversion,hold_limit}')::int, e.hold_limit),
    opens_at = (new.document #>> '{dates,opens_at}')::timestamptz,
    closes_at = (new.document #>> '{dates,closes_at}')::timestamptz,
    deposit_required = coalesce((new.document #>> '{conversion,deposit_required}')::boolean, e.deposit_required),
    actions_off = coalesce((new.document #>> '{safety,mutating_tools_off}')::boolean, false),
    ai_off = coalesce((new.document #>> '{safety,ai_off}')::boolean, false),
    force_strict = coalesce((new.document #>> '{safety,force_strict}')::boolean, false),
    blocked_per_minute = coalesce((new.document #>> '{policy,blocked_per_minute}')::int, 20)
  where e.id = new.event_id returning e.slug into event_slug;
  if new.carry in ('migrate', 'force') then
    update public.sessions s set version_id = new.id, state = private.carried_state(s.state, g.gone, new.renames)
    from (select v.id, private.gone(new.event_id, v.document, new.document) as gone from public.event_versions v
          where v.id in (select o.version_id from public.sessions o where o.event_id = new.event_id and o.ended_at is null
                         and o.last_seen_at > now() - interval '30 minutes')) g
    where s.version_id = g.id and s.event_id = new.event_id and s.ended_at is null
      and s.last_seen_at > now() - interval '30 minutes';
    get diagnostics carried = row_count;
  end if;
  notice := jsonb_build_object('event_id', new.event_id, 'slug', event_slug, 'version_id', new.id, 'number', new.number,
                               'sha256', new.sha256, 'kind', new.kind, 'kill', 'kill' = any (new.reloads));
  perform private.record_fact(case when new.kind = 'auto_rollback' then 'event.auto_rolled_back' else 'event.published' end,
    notice || jsonb_build_object('message', new.message, 'risk', new.risk, 'carried', carried, 'reason', new.reason),
    new.organization_id, new.event_id);
  perform realtime.send(notice, 'version_published', 'versions', true);
  perform realtime.send(notice, 'version_published', 'event:' || new.event_id, true);
  perform realtime.send(notice, 'version_published', 'organization:' || new.organization_id, true);
  return null;
end $$;
CREATE FUNCTION private.acts_as_system() RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select coalesce(current_setting('role', true), 'none') not in ('anon', 'authenticated')
$$;
CREATE TABLE public.blueprint_files (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    blueprint_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    media_type text DEFAULT ''::text NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL,
    path text NOT NULL,
    "position" integer NOT NULL,
    status text DEFAULT 'waiting'::text NOT NULL,
    stage text DEFAULT ''::text NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    findings jsonb,
    decisions jsonb DEFAULT '{}'::jsonb NOT NULL,
    problem jsonb,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT blueprint_files_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT blueprint_files_check CHECK (((status = 'read'::text) = (findings IS NOT NULL))),
    CONSTRAINT blueprint_files_check1 CHECK (((status = 'refused'::text) = (problem IS NOT NULL))),
    CONSTRAINT blueprint_files_findings_check CHECK (((findings IS NULL) OR (pg_column_size(findings) <= 32000000))),
    CONSTRAINT blueprint_files_kind_check CHECK ((kind = ANY (ARRAY['sheet'::text, 'report'::text, 'feed'::text, 'photo'::text, 'screen'::text, 'unknown'::text]))),
    CONSTRAINT blueprint_files_media_type_check CHECK ((length(media_type) <= 200)),
    CONSTRAINT blueprint_files_name_check CHECK (((length(name) >= 1) AND (length(name) <= 300))),
    CONSTRAINT blueprint_files_path_check CHECK ((length(path) <= 500)),
    CONSTRAINT blueprint_files_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT blueprint_files_stage_check CHECK ((length(stage) <= 100)),
    CONSTRAINT blueprint_files_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'reading'::text, 'read'::text, 'refused'::text, 'cancelled'::text])))
);
CREATE FUNCTION private.add_blueprint_file(p_blueprint uuid, p_kind text, p_name text, p_media_type text, p_bytes bigint, p_sha256 text, p_path text) RETURNS public.blueprint_files
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprints := private.blueprint_for(p_blueprint);
  added public.blueprint_files;
  files int;
  size numeric;
begin
  select * into added from public.blueprint_files f where f.blueprint_id = own.id and f.sha256 = p_sha256;
  if added.id is not null then return added; end if;
  select count(*), coalesce(sum(f.bytes), 0) into files, size from public.blueprint_files f where f.blueprint_id = own.id;
  if files >= 60 then
    perform private.fail(409, 'blueprints.too_many_files', jsonb_build_object('limit', 60));
  elsif size + p_bytes > 500 * 1024 * 1024::numeric then
    perform private.fail(409, 'blueprints.too_much', jsonb_build_object('limit_bytes', 500 * 1024 * 1024));
  end if;
  insert into public.blueprint_files (blueprint_id, organization_id, kind, name, media_type, bytes, sha256, path, position, created_by)
  values (own.id, own.organization_id, p_kind, p_name, coalesce(p_media_type, ''), p_bytes, p_sha256, p_path,
          (select coalesce(max(f.position), 0) + 1 from public.blueprint_files f where f.blueprint_id = own.id), auth.uid())
  returning * into added;
  perform private.touched_blueprint(own.id);
  return added;
end $$;
CREATE FUNCTION private.add_event_partition() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.ensure_event_partition(new.id);
  return null;
end $$;
CREATE FUNCTION private.add_journal_month(month date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    SET lock_timeout TO '5s'
    AS $$
declare
  first date := date_trunc('month', month);
  name text := 'journal_' || to_char(first, 'YYYY_MM');
begin
  if to_regclass('public.' || name) is not null then return; end if;
  execute format('create table public.%I partition of public.journal for values from (%L) to (%L)',
                 name, first, first + interval '1 month');
  execute format('alter table public.%I enable row level security', name);
  execute format('revoke all on public.%I from anon, authenticated, service_role', name);
  execute format('create trigger refuse_truncate before truncate on public.%I
                  execute function private.refuse_change()', name);
exception when check_violation then
  return;  -- facts of that month are in the default partition already, and stay there
end $$;
CREATE FUNCTION private.add_unit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  insert into public.listing_units (listing_id, event_id, organization_id)
  select n.id, n.event_id, n.organization_id from added n on conflict do nothing;
  return null;
end $$;
CREATE TABLE public.receipt_anchors (
    organization_id uuid NOT NULL,
    n integer NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    sealed_until timestamp with time zone NOT NULL,
    heads jsonb NOT NULL,
    previous text NOT NULL,
    sha256 text NOT NULL,
    CONSTRAINT receipt_anchors_n_check CHECK ((n > 0))
);
CREATE FUNCTION private.anchor_sha256(a public.receipt_anchors) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select encode(sha256(convert_to(concat_ws(E'\n', a.previous, a.organization_id, a.n,
    (extract(epoch from a.created_at) * 1000000)::bigint, (extract(epoch from a.sealed_until) * 1000000)::bigint,
    (select string_agg(h.key || ' ' || (h.value ->> 0) || ' ' || (h.value ->> 1), E'\n' order by h.key collate "C")
     from jsonb_each(a.heads) h)), 'UTF8')), 'hex')
$$;
CREATE FUNCTION private.append_receipts(p_session uuid, p_entries jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions;
  entry jsonb;
  r public.receipts;
begin
  select * into own from public.sessions s where s.id = p_session;
  for entry in select value from jsonb_array_elements(p_entries) loop
    r := null;
    r.session_id := own.id;
    r.n := own.receipt_count + 1;
    r.created_at := clock_timestamp();
    r.event_id := own.event_id;
    r.organization_id := own.organization_id;
    r.version_id := own.version_id;
    r.turn := own.turn_count;
    r.verb := entry ->> 'verb';
    r.origin := entry ->> 'origin';
    r.verdict := entry ->> 'verdict';
    r.reasons := array(select jsonb_array_elements_text(coalesce(entry -> 'reasons', '[]')));
    r.inputs_sha256 := entry ->> 'inputs_sha256';
    r.policy_sha256 := coalesce(entry ->> 'policy_sha256', '');
    r.confirmation := (entry ->> 'confirmation')::uuid;
    r.previous := own.receipt_head;
    r.sha256 := private.receipt_sha256(r);
    insert into public.receipts values (r.*);
    own.receipt_count := r.n;
    own.receipt_head := r.sha256;
  end loop;
  update public.sessions set receipt_count = own.receipt_count, receipt_head = own.receipt_head where id = own.id;
  return own.receipt_count;
end $$;
CREATE TABLE public.clarifications (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    blueprint_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    said text NOT NULL,
    understood text DEFAULT ''::text NOT NULL,
    changes jsonb DEFAULT '[]'::jsonb NOT NULL,
    applied_at timestamp with time zone,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT clarifications_said_check CHECK (((length(said) >= 1) AND (length(said) <= 2000))),
    CONSTRAINT clarifications_understood_check CHECK ((length(understood) <= 4000))
);
CREATE FUNCTION private.apply_clarification(p_clarification uuid) RETURNS public.clarifications
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  kept public.clarifications;
begin
  select * into kept from public.clarifications c where c.id = p_clarification for update;
  if kept.id is null then perform private.fail(404, 'blueprints.no_such_clarification'); end if;
  perform private.blueprint_for(kept.blueprint_id);
  if kept.applied_at is not null then
    perform private.fail(409, 'blueprints.already_applied');
  end if;
  update public.clarifications set applied_at = now() where id = kept.id returning * into kept;
  return kept;
end $$;
CREATE FUNCTION private.apply_media(p_event uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  changed int;
begin
  with own as (
    select a.external_id, jsonb_agg(jsonb_build_object(
        'url', a.variants -> -1 ->> 'url', 'alt', a.alt, 'width', a.width, 'height', a.height, 'variants', a.variants, 'attached', true)
        order by a.position, a.created_at) as media
    from public.attached_media a where a.event_id = p_event group by a.external_id
  ), wanted as (
    select l.id, coalesce(own.media, '[]') || coalesce((
        select jsonb_agg(m.value order by m.ordinality) from jsonb_array_elements(l.media) with ordinality m
        where not coalesce((m.value ->> 'attached')::boolean, false)), '[]') as media
    from public.listings l left join own on own.external_id = l.external_id
    where l.event_id = p_event and (own.external_id is not null or l.media @> '[{"attached": true}]')
  )
  update public.listings l set media = w.media from wanted w where w.id = l.id and l.media is distinct from w.media;
  get diagnostics changed = row_count;
  if changed > 0 then
    update public.events set catalogue_revision = catalogue_revision + 1 where id = p_event;
  end if;
  return changed;
end $$;
CREATE TABLE public.approval_policies (
    organization_id uuid NOT NULL,
    low integer DEFAULT 0 NOT NULL,
    medium integer DEFAULT 1 NOT NULL,
    high integer DEFAULT 2 NOT NULL,
    high_needs_admin boolean DEFAULT true NOT NULL,
    escalate_conversations integer DEFAULT 200 NOT NULL,
    escalate_holds integer DEFAULT 20 NOT NULL,
    draft_days integer DEFAULT 7 NOT NULL,
    updated_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT approval_policies_check CHECK (((low <= medium) AND (medium <= high))),
    CONSTRAINT approval_policies_draft_days_check CHECK (((draft_days >= 1) AND (draft_days <= 90))),
    CONSTRAINT approval_policies_escalate_conversations_check CHECK ((escalate_conversations > 0)),
    CONSTRAINT approval_policies_escalate_holds_check CHECK ((escalate_holds > 0)),
    CONSTRAINT approval_policies_high_check CHECK (((high >= 0) AND (high <= 5))),
    CONSTRAINT approval_policies_low_check CHECK (((low >= 0) AND (low <= 5))),
    CONSTRAINT approval_policies_medium_check CHECK (((medium >= 0) AND (medium <= 5)))
);
CREATE FUNCTION private.approval_policy(p_organization uuid) RETURNS public.approval_policies
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  policy public.approval_policies;
begin
  select * into policy from public.approval_policies p where p.organization_id = p_organization;
  if policy.organization_id is null then
    policy := (p_organization, 0, 1, 2, true, 200, 20, 7, null, now());
  end if;
  return policy;
end $$;
CREATE TABLE public.drafts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    source text NOT NULL,
    canonical text,
    sha256 text,
    base_version_id uuid,
    branch_id uuid,
    branch_number integer,
    origin text DEFAULT 'edit'::text NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    message text DEFAULT ''::text NOT NULL,
    risk text,
    radius jsonb,
    author_id uuid,
    contributors uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    submitted_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    published_version_id uuid,
    CONSTRAINT draft_canonical_matches_hash CHECK (((canonical IS NULL) OR (encode(sha256(convert_to(canonical, 'UTF8'::name)), 'hex'::text) = sha256))),
    CONSTRAINT drafts_check CHECK (((canonical IS NULL) = (sha256 IS NULL))),
    CONSTRAINT drafts_check1 CHECK (((status = 'published'::text) = (published_version_id IS NOT NULL))),
    CONSTRAINT drafts_message_check CHECK ((length(message) <= 500)),
    CONSTRAINT drafts_origin_check CHECK ((origin = ANY (ARRAY['edit'::text, 'merge'::text, 'rollback'::text, 'clone'::text, 'assistant'::text, 'publish'::text]))),
    CONSTRAINT drafts_source_check CHECK ((octet_length(source) <= 1000000)),
    CONSTRAINT drafts_status_check CHECK ((status = ANY (ARRAY['open'::text, 'in_review'::text, 'approved'::text, 'published'::text, 'rejected'::text, 'discarded'::text]))),
    CONSTRAINT drafts_title_check CHECK ((length(title) <= 200))
);
CREATE FUNCTION private.approvals_of(p_draft public.drafts, p_risk text) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.attach_media(p_event uuid, p_media jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  event public.events := private.demand_inventory(p_event);
  attached int;
begin
  insert into public.attached_media (organization_id, event_id, external_id, position, sha256, width, height, phash, alt, variants, created_by)
  select event.organization_id, event.id, m.external_id, coalesce(m.position, 0), m.sha256, m.width, m.height,
         coalesce(m.phash, ''), coalesce(m.alt, ''), m.variants, auth.uid()
  from jsonb_to_recordset(p_media) as m(external_id text, position int, sha256 text, width int, height int, phash text, alt text, variants jsonb)
  on conflict (event_id, external_id, sha256) do update set position = excluded.position, alt = excluded.alt,
    variants = excluded.variants, width = excluded.width, height = excluded.height;
  get diagnostics attached = row_count;
  perform private.apply_media(event.id);
  perform private.record_fact('media.attached', jsonb_build_object('pictures', attached), event.organization_id, event.id);
  return attached;
end $$;
CREATE FUNCTION private.beat_import(p_import uuid, p_stage text, p_done bigint, p_total bigint, p_rows bigint, p_seconds integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.demand_inventory((select i.event_id from public.imports i where i.id = p_import));
  return private.note_import(p_import, p_stage, p_done, p_total, p_rows, p_seconds);
end $$;
CREATE FUNCTION private.blast_radius(p_event uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select jsonb_build_object(
    'conversations', (select count(*) from public.sessions s
                      where s.event_id = p_event and s.ended_at is null and s.last_seen_at > now() - interval '30 minutes'),
    'holds', count(h.id), 'deposits', count(h.id) filter (where h.deposit_required),
    'money_minor', coalesce(sum(l.price_minor), 0))
  from public.holds h join public.listings l on l.id = h.listing_id
  where h.event_id = p_event and h.status = 'active' and h.expires_at > now()
$$;
CREATE FUNCTION private.blueprint_file_for(p_file uuid) RETURNS public.blueprint_files
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  found public.blueprint_files;
begin
  select * into found from public.blueprint_files f where f.id = p_file for update;
  perform private.demand(found.organization_id, 'edit_document', 'blueprints.no_such_file');
  if found.id is null then perform private.fail(404, 'blueprints.no_such_file'); end if;
  return found;
end $$;
CREATE TABLE public.blueprints (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    event_id uuid,
    for_event boolean DEFAULT false NOT NULL,
    title text NOT NULL,
    template text DEFAULT ''::text NOT NULL,
    choices jsonb DEFAULT '{}'::jsonb NOT NULL,
    document text,
    status text DEFAULT 'open'::text NOT NULL,
    verdict text,
    reason text DEFAULT ''::text NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT blueprints_document_check CHECK ((octet_length(document) <= 1000000)),
    CONSTRAINT blueprints_reason_check CHECK ((length(reason) <= 2000)),
    CONSTRAINT blueprints_status_check CHECK ((status = ANY (ARRAY['open'::text, 'previewed'::text, 'waiting'::text, 'published'::text, 'discarded'::text]))),
    CONSTRAINT blueprints_template_check CHECK ((length(template) <= 100)),
    CONSTRAINT blueprints_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
    CONSTRAINT blueprints_verdict_check CHECK ((verdict = ANY (ARRAY['request_edits'::text, 'reject'::text])))
);
CREATE FUNCTION private.blueprint_for(p_blueprint uuid) RETURNS public.blueprints
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  found public.blueprints;
begin
  select * into found from public.blueprints b where b.id = p_blueprint for update;
  perform private.demand(found.organization_id, 'edit_document', 'blueprints.no_such_blueprint');
  if found.id is null then
    perform private.fail(404, 'blueprints.no_such_blueprint');
  elsif found.status in ('published', 'discarded') then
    perform private.fail(409, 'blueprints.is_over', jsonb_build_object('status', found.status));
  end if;
  return found;
end $$;
CREATE TABLE public.branches (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    base_version_id uuid NOT NULL,
    head_number integer DEFAULT 0 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT branches_description_check CHECK ((length(description) <= 500)),
    CONSTRAINT branches_name_check CHECK (((name ~ '^[a-z0-9][a-z0-9._/-]{0,62}$'::text) AND (name <> 'main'::text))),
    CONSTRAINT branches_status_check CHECK ((status = ANY (ARRAY['active'::text, 'merged'::text, 'closed'::text])))
);
CREATE FUNCTION private.branch_for(p_branch uuid) RETURNS public.branches
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE TABLE public.connector_runs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    connector_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    status text DEFAULT 'running'::text NOT NULL,
    pages integer DEFAULT 0 NOT NULL,
    records bigint DEFAULT 0 NOT NULL,
    cursor jsonb,
    problem jsonb,
    requested_by uuid,
    lease_until timestamp with time zone,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT connector_runs_check CHECK (((status = 'running'::text) = (ended_at IS NULL))),
    CONSTRAINT connector_runs_status_check CHECK ((status = ANY (ARRAY['running'::text, 'done'::text, 'unchanged'::text, 'failed'::text, 'cancelled'::text])))
);
CREATE FUNCTION private.cancel_connector_run(p_run uuid) RETURNS public.connector_runs
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  run public.connector_runs;
begin
  select * into run from public.connector_runs r where r.id = p_run;
  perform private.connector_for(run.connector_id);
  update public.connector_runs set status = 'cancelled', ended_at = now(), lease_until = null
  where id = p_run and status = 'running' returning * into run;
  return run;
end $$;
CREATE TABLE public.imports (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    event_id uuid NOT NULL,
    blueprint_id uuid,
    file_id uuid,
    connector_id uuid,
    source text NOT NULL,
    mapping jsonb NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    stage text DEFAULT ''::text NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    rows bigint DEFAULT 0 NOT NULL,
    report jsonb,
    problem jsonb,
    attempts integer DEFAULT 0 NOT NULL,
    requested_by uuid,
    lease_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT imports_check CHECK (((status = ANY (ARRAY['done'::text, 'failed'::text, 'cancelled'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT imports_source_check CHECK (((length(source) >= 1) AND (length(source) <= 200))),
    CONSTRAINT imports_stage_check CHECK ((length(stage) <= 100)),
    CONSTRAINT imports_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);
CREATE FUNCTION private.cancel_import(p_import uuid) RETURNS public.imports
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  ticket public.imports;
begin
  select * into ticket from public.imports i where i.id = p_import for update;
  perform private.demand_inventory(ticket.event_id);
  if ticket.status in ('queued', 'running') then
    update public.imports set status = 'cancelled', ended_at = now(), lease_until = null where id = ticket.id returning * into ticket;
  end if;
  return ticket;
end $$;
CREATE FUNCTION private.carried_state(p_state jsonb, p_gone jsonb, p_renames jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select p_state
    || jsonb_build_object('filters', (
      select coalesce(jsonb_agg(case when p_renames ? (f.value ->> 'field')
                                then jsonb_set(f.value, '{field}', p_renames -> (f.value ->> 'field')) else f.value end order by f.n), '[]')
      from jsonb_array_elements(coalesce(p_state -> 'filters', '[]')) with ordinality f (value, n)
      where p_renames ? (f.value ->> 'field')
         or not p_gone @> jsonb_build_array(jsonb_build_object('kind', 'field', 'name', f.value ->> 'field'))))
    || jsonb_build_object('signals', (
      select coalesce(jsonb_agg(case when p_renames ? (s.value ->> 'type')
                                then jsonb_set(s.value, '{type}', p_renames -> (s.value ->> 'type')) else s.value end order by s.n), '[]')
      from jsonb_array_elements(coalesce(p_state -> 'signals', '[]')) with ordinality s (value, n)
      where p_renames ? (s.value ->> 'type')
         or not p_gone @> jsonb_build_array(jsonb_build_object('kind', 'signal', 'name', s.value ->> 'type'))))
$$;
CREATE FUNCTION private.catalogue_revision(p_event uuid) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.require_event_access(p_event);
  return (select e.catalogue_revision from public.events e where e.id = p_event);
end $$;
CREATE FUNCTION private.change_blueprint(p_blueprint uuid, p_revision integer, p_changes jsonb) RETURNS public.blueprints
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprints := private.blueprint_for(p_blueprint);
begin
  if own.revision <> p_revision then
    perform private.fail(409, 'blueprints.stale', jsonb_build_object('revision', own.revision));
  end if;
  update public.blueprints b set
    title = coalesce(p_changes ->> 'title', b.title),
    template = coalesce(p_changes ->> 'template', b.template),
    choices = case when p_changes ? 'choices' then b.choices || (p_changes -> 'choices') else b.choices end,
    document = case when p_changes ? 'document' then p_changes ->> 'document' else b.document end
  where b.id = own.id;
  return private.touched_blueprint(own.id);
end $$;
CREATE FUNCTION private.changed_patterns(p_before jsonb, p_after jsonb) RETURNS TABLE(pattern text[], before jsonb, after jsonb)
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  with parts as (
    select coalesce(b.key, a.key) as key, private.filled_section(coalesce(b.key, a.key), b.value) as before,
           private.filled_section(coalesce(b.key, a.key), a.value) as after
    from jsonb_each(coalesce(p_before, '{}')) b full join jsonb_each(coalesce(p_after, '{}')) a on a.key = b.key
    where b.value is distinct from a.value
  )
  select coalesce(b.pattern, a.pattern), b.found, a.found
  from (select array[p.key] || l.pattern as pattern, l.found from parts p cross join lateral private.leaf_values(p.before) l
        where p.before is not null) b
  full join (select array[p.key] || l.pattern as pattern, l.found from parts p cross join lateral private.leaf_values(p.after) l
             where p.after is not null) a on a.pattern = b.pattern
  where b.found is distinct from a.found
$$;
CREATE FUNCTION private.check_renames(p_renames jsonb, p_gone jsonb, p_after jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.check_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  event public.events;
begin
  -- no key update: an import holds the key shared for as long as it runs
  select * into event from public.events e where e.id = new.event_id for no key update;
  if event.id is null or event.organization_id <> new.organization_id then
    perform private.fail(404, 'events.not_found');
  elsif new.document ->> 'id' is distinct from event.slug then
    perform private.fail(422, 'events.wrong_document', jsonb_build_object('slug', event.slug, 'found', new.document ->> 'id'));
  elsif event.status = 'closed' then
    perform private.fail(410, 'events.closed', jsonb_build_object('slug', event.slug));
  end if;
  if new.number <> 1 + coalesce((select max(v.number) from public.event_versions v where v.event_id = new.event_id), 0) then
    perform private.fail(409, 'events.version_taken', jsonb_build_object('number', new.number));
  end if;
  return new;
end $$;
CREATE FUNCTION private.claim(name text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> name
$$;
CREATE FUNCTION private.claim_answer(p_operation text, p_key text, p_request_sha256 text) RETURNS TABLE(status integer, body jsonb)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  who text := coalesce(auth.uid()::text, private.session_id()::text, 'anonymous');
  kept private.answers;
begin
  insert into private.answers (actor, operation, key, request_sha256)
  values (who, p_operation, p_key, p_request_sha256) on conflict do nothing;
  if found then return; end if;
  select * into kept from private.answers a where a.actor = who and a.operation = p_operation and a.key = p_key;
  if kept.request_sha256 <> p_request_sha256 then
    perform private.fail(409, 'core.key_reused', jsonb_build_object('operation', p_operation));
  end if;
  return query select kept.status, kept.body;
end $$;
CREATE FUNCTION private.claim_blueprint_file(p_file uuid, p_seconds integer) RETURNS public.blueprint_files
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprint_files := private.blueprint_file_for(p_file);
begin
  if not (own.status = 'waiting' or (own.status = 'reading' and own.lease_until < now())) then return null; end if;
  if own.attempts >= 4 then
    update public.blueprint_files set status = 'refused', lease_until = null, updated_at = now(),
      problem = jsonb_build_object('code', 'blueprints.reading_failed', 'facts', jsonb_build_object('file', own.name))
    where id = own.id;
    return null;
  end if;
  update public.blueprint_files set status = 'reading', stage = '', done = 0, total = 0, attempts = attempts + 1,
    lease_until = now() + make_interval(secs => p_seconds), updated_at = now()
  where id = own.id returning * into own;
  return own;
end $$;
CREATE FUNCTION private.claim_import(p_import uuid, p_seconds integer) RETURNS public.imports
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  ticket public.imports;
begin
  -- what killed three processes kills the fourth
  update public.imports set status = 'failed', ended_at = now(), lease_until = null,
    problem = jsonb_build_object('code', 'blueprints.reading_failed', 'facts', jsonb_build_object('file', source))
  where id = p_import and status = 'running' and lease_until < now() and attempts >= 3;
  update public.imports set status = 'running', attempts = attempts + 1, lease_until = now() + make_interval(secs => p_seconds)
  where id = p_import and (status = 'queued' or (status = 'running' and lease_until < now())) returning * into ticket;
  return ticket;
end $$;
CREATE FUNCTION private.clear_leftovers(p_blueprint uuid, p_event uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  delete from public.attached_media a where a.event_id = p_event
    and not exists (select from public.blueprint_files f where f.blueprint_id = p_blueprint and f.sha256 = a.sha256);
  perform private.apply_media(p_event);
  delete from public.connectors c where c.event_id = p_event and c.blueprint_id = p_blueprint
    and not exists (select from public.blueprint_files f where f.blueprint_id = p_blueprint and f.name = c.name);
  if exists (select from public.sources s where s.event_id = p_event and not exists (
       select from public.imports i where i.blueprint_id = p_blueprint and i.source = s.name
         and (i.file_id is not null or i.connector_id is not null))) then
    delete from public.listings l where l.event_id = p_event;
    delete from private.listing_scan s where s.event_id = p_event;
    delete from private.listing_totals t where t.event_id = p_event;
    delete from public.facets f where f.event_id = p_event;
    delete from public.event_attributes a where a.event_id = p_event;
    delete from public.sources s where s.event_id = p_event;
  end if;
end $$;
CREATE FUNCTION private.close_branch(p_branch uuid, p_status text) RETURNS public.branches
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  branch public.branches := private.branch_for(p_branch);
begin
  update public.branches set status = p_status where id = branch.id returning * into branch;
  perform private.record_fact('branch.' || p_status, jsonb_build_object('branch_id', branch.id, 'name', branch.name),
                              branch.organization_id, branch.event_id);
  return branch;
end $$;
CREATE FUNCTION private.close_web_session(p_token_sha256 bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  update private.web_sessions set revoked_at = now() where token_sha256 = p_token_sha256 and revoked_at is null
$$;
CREATE FUNCTION private.columns_of(p_files uuid[]) RETURNS TABLE(file_id uuid, is_feed boolean, columns jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.require_event_access(e.event_id)
  from (select distinct f.event_id from public.source_files f where f.id = any (p_files)) e;
  return query
    select f.id, exists (select from public.connectors c where c.event_id = f.event_id and c.name = f.name),
      (select coalesce(jsonb_object_agg(t.target, c.key), '{}') from jsonb_each(o.mapping -> 'columns') c
       cross join lateral (select c.value #>> '{}' as target where jsonb_typeof(c.value) = 'string'
         union all select c.value ->> 'target' where c.value ? 'target'
         union all select jsonb_array_elements_text(c.value -> 'targets') where c.value ? 'targets') t)
    from public.source_files f join public.sources o on o.id = f.source_id where f.id = any (p_files);
end $$;
CREATE TABLE public.branch_versions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    branch_id uuid NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    number integer NOT NULL,
    source text NOT NULL,
    canonical text NOT NULL,
    sha256 text NOT NULL,
    message text DEFAULT ''::text NOT NULL,
    author_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT branch_canonical_matches_hash CHECK ((encode(sha256(convert_to(canonical, 'UTF8'::name)), 'hex'::text) = sha256)),
    CONSTRAINT branch_versions_message_check CHECK ((length(message) <= 500)),
    CONSTRAINT branch_versions_number_check CHECK ((number > 0)),
    CONSTRAINT branch_versions_source_check CHECK ((octet_length(source) <= 1000000))
);
CREATE FUNCTION private.commit_to_branch(p_branch uuid, p_number integer, p_source text, p_canonical text, p_sha256 text, p_message text) RETURNS public.branch_versions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.confirm_reasons(p_policy jsonb, p_strict boolean, p_verb text, p_origin text, p_confirm boolean, p_idempotent boolean) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select array_remove(array[
    case when p_strict then 'force_strict' end,
    case p_policy ->> 'autonomy'
      when 'assisted-auto' then null
      when 'balanced' then case when p_confirm or not p_idempotent then 'balanced' end
      else 'strict' end,
    case when p_confirm then 'tool_confirms' end,
    case when p_policy ->> 'compliance' is distinct from 'standard'
      and p_verb in ('hold', 'deposit', 'reveal', 'share', 'offer') then 'compliance' end,
    case when p_origin = 'guide' and (p_policy ->> 'autonomy' is distinct from 'assisted-auto' or p_confirm) then 'guide' end
  ], null)
$$;
CREATE TABLE public.connectors (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    event_id uuid,
    blueprint_id uuid,
    name text NOT NULL,
    plan jsonb NOT NULL,
    mapping jsonb NOT NULL,
    has_secret boolean DEFAULT false NOT NULL,
    state jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT connectors_check CHECK (((event_id IS NOT NULL) OR (blueprint_id IS NOT NULL))),
    CONSTRAINT connectors_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE FUNCTION private.connector_for(p_connector uuid) RETURNS public.connectors
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  found public.connectors;
begin
  select * into found from public.connectors c where c.id = p_connector for update;
  perform private.demand(found.organization_id, case when exists (
    select from public.events e where e.id = found.event_id and e.current_version_id is not null)
    then 'modify_integrations' else 'edit_document' end, 'blueprints.no_such_connector');
  if found.id is null then perform private.fail(404, 'blueprints.no_such_connector'); end if;
  return found;
end $$;
CREATE FUNCTION private.consequences(p_event uuid, p_target integer) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  event public.events;
  target public.event_versions;
  current public.event_versions;
begin
  select * into event from public.events e where e.id = p_event;
  perform private.demand(event.organization_id, 'view_config');
  select * into target from public.event_versions v where v.event_id = event.id and v.number = p_target;
  select * into current from public.event_versions v where v.id = event.current_version_id;
  if target.id is null then perform private.fail(404, 'events.no_such_version', jsonb_build_object('number', p_target)); end if;
  return (
    select jsonb_build_object(
      'current', current.number, 'target', target.number,
      'versions_undone', (select coalesce(jsonb_agg(v.number order by v.number), '[]') from public.event_versions v
                          where v.event_id = event.id and v.number > target.number),
      'conversations', (select count(*) from public.sessions s join public.event_versions v on v.id = s.version_id
                        where s.event_id = event.id and v.number > target.number
                          and s.ended_at is null and s.last_seen_at > now() - interval '30 minutes'),
      'holds', coalesce(jsonb_agg(jsonb_build_object('hold_id', h.id, 'listing_id', h.listing_id, 'title', l.title,
                 'expires_at', h.expires_at, 'deposit_required', h.deposit_required, 'price_minor', l.price_minor,
                 'version', v.number) order by h.expires_at) filter (where h.id is not null), '[]'),
      'deposits', count(*) filter (where h.deposit_required), 'money_minor', coalesce(sum(l.price_minor), 0),
      'currency', current.document ->> 'currency',
      'gone', private.gone(event.id, current.document, target.document),
      'stops', private.stops_ended(current.document, target.document))
    from public.holds h
    join public.listings l on l.id = h.listing_id
    join public.event_versions v on v.id = h.version_id and v.number > target.number
    where h.event_id = event.id and h.status = 'active' and h.expires_at > now());
end $$;
CREATE FUNCTION private.count_by_dealer(p_event uuid, p_filters jsonb) RETURNS TABLE(dealer_id uuid, n integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    SET jit TO 'off'
    AS $$
begin
  perform private.require_event_access(p_event);
  return query execute 'select s.dealer_id, count(*)::int from ' || private.listing_scan_of(p_event) || ' s where s.dealer_id is not null and '
    || 'not s.sold and ' || private.listing_predicate(p_event, p_filters) || ' group by s.dealer_id order by 2 desc, 1';
end $$;
CREATE FUNCTION private.count_listings(p_event uuid, p_filters jsonb) RETURNS integer
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    SET jit TO 'off'
    AS $$
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
CREATE FUNCTION private.current_policy() RETURNS TABLE(number integer, profile text, policy jsonb, sha256 text, facts jsonb, sealed_facts text, expires_at timestamp with time zone, is_fresh boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select p.number, p.profile, p.policy, p.sha256, p.facts, convert_from(p.sealed_facts, 'UTF8'), p.expires_at,
         p.expires_at > clock_timestamp() and p.version_id = s.version_id
  from public.policy_snapshots p join public.sessions s on s.id = p.session_id
  where s.id = private.session_id() order by p.number desc limit 1
$$;
CREATE FUNCTION private.decide_blueprint_file(p_file uuid, p_revision integer, p_decisions jsonb) RETURNS public.blueprints
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprint_files := private.blueprint_file_for(p_file);
  blueprint public.blueprints := private.blueprint_for(own.blueprint_id);
begin
  if blueprint.revision <> p_revision then
    perform private.fail(409, 'blueprints.stale', jsonb_build_object('revision', blueprint.revision));
  end if;
  update public.blueprint_files f set decisions = jsonb_strip_nulls(f.decisions || p_decisions), updated_at = now()
  where f.id = own.id;
  perform private.record_fact('blueprint.decided',
    jsonb_build_object('blueprint_id', blueprint.id, 'file_id', own.id, 'decisions', p_decisions),
    blueprint.organization_id, blueprint.event_id);
  return private.touched_blueprint(blueprint.id);
end $$;
CREATE FUNCTION private.demand(p_organization uuid, p_permission text, p_hidden text DEFAULT 'events.not_found'::text) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if private.acts_as_system() then return; end if;
  if p_organization is null or p_organization not in (select private.organizations_of_actor()) then
    perform private.fail(404, p_hidden);
  elsif not private.may(p_organization, p_permission) then
    perform private.fail(403, 'identity.needs_permission', jsonb_build_object('permission', p_permission));
  end if;
end $$;
CREATE TABLE public.events (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    current_version_id uuid,
    hold_ttl_s integer DEFAULT 1440 NOT NULL,
    hold_limit integer DEFAULT 2 NOT NULL,
    deposit_required boolean DEFAULT false NOT NULL,
    opens_at timestamp with time zone,
    closes_at timestamp with time zone,
    catalogue_revision bigint DEFAULT 0 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    actions_off boolean DEFAULT false NOT NULL,
    ai_off boolean DEFAULT false NOT NULL,
    force_strict boolean DEFAULT false NOT NULL,
    blocked_per_minute integer DEFAULT 20 NOT NULL,
    CONSTRAINT events_blocked_per_minute_check CHECK ((blocked_per_minute > 0)),
    CONSTRAINT events_hold_limit_check CHECK (((hold_limit >= 1) AND (hold_limit <= 100))),
    CONSTRAINT events_hold_ttl_s_check CHECK (((hold_ttl_s >= 30) AND (hold_ttl_s <= 604800))),
    CONSTRAINT events_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT events_slug_check CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'::text)),
    CONSTRAINT events_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'live'::text, 'paused'::text, 'closed'::text]))),
    CONSTRAINT slug_is_no_route CHECK ((slug <> ALL (ARRAY['latest'::text, 'drafts'::text, 'approvals'::text, 'previews'::text, 'validate'::text])))
);
CREATE FUNCTION private.demand_changes(event public.events, p_own boolean, p_before text, p_after text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.demand_inventory(p_event uuid) RETURNS public.events
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  event public.events;
begin
  select * into event from public.events e where e.id = p_event;
  perform private.demand(event.organization_id,
    case when event.current_version_id is null then 'edit_document' else 'modify_integrations' end);
  if event.id is null then perform private.fail(404, 'events.not_found'); end if;
  if event.status = 'closed' then perform private.fail(410, 'events.closed', jsonb_build_object('slug', event.slug)); end if;
  return event;
end $$;
CREATE TABLE public.sessions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    version_id uuid NOT NULL,
    buyer_user_id uuid,
    state jsonb DEFAULT '{}'::jsonb NOT NULL,
    arms jsonb DEFAULT '{}'::jsonb NOT NULL,
    turn_count integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    first_match_at timestamp with time zone,
    failed_at timestamp with time zone,
    ended_at timestamp with time zone,
    receipt_count integer DEFAULT 0 NOT NULL,
    receipt_head text DEFAULT repeat('0'::text, 64) NOT NULL,
    is_guarded boolean DEFAULT true NOT NULL,
    spent_tokens integer DEFAULT 0 NOT NULL,
    visitor_sha256 bytea
);
CREATE FUNCTION private.demand_pace(own public.sessions, p_verb text, p_verdict text) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  most int := case when p_verdict = 'confirm' then 60 when private.verb_kind(p_verb) = 'open' then 60
              when p_verb = 'hold' then 20 else 10 end;
begin
  if (select count(*) from public.receipts r where r.session_id = own.id and r.n > own.receipt_count - 200 and r.verb = p_verb
      and r.verdict = p_verdict and r.created_at > clock_timestamp() - interval '1 minute') >= most then
    perform private.fail(429, 'policy.too_fast', jsonb_build_object('verb', p_verb, 'retry_after_s', 60));
  end if;
end $$;
CREATE FUNCTION private.demand_scope(own public.sessions, event public.events, p_verb text, p_arguments jsonb) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if p_arguments ? 'listing_id' and not exists (
    select from public.listings l where l.id = (p_arguments ->> 'listing_id')::bigint and l.event_id = own.event_id and l.listed) then
    perform private.fail(404, 'catalogue.no_such_listing', jsonb_build_object('listing_id', p_arguments -> 'listing_id'));
  end if;
  if private.verb_kind(p_verb) = 'open' then return; end if;
  if event.closes_at <= clock_timestamp() then
    perform private.fail(410, 'events.closed', jsonb_build_object('slug', event.slug));
  elsif event.status <> 'live' then
    perform private.fail(410, 'events.' || event.status, jsonb_build_object('slug', event.slug));
  end if;
end $$;
CREATE FUNCTION private.detach_media(p_event uuid, p_external_id text, p_sha256 text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  event public.events := private.demand_inventory(p_event);
  gone int;
begin
  delete from public.attached_media a
  where a.event_id = event.id and a.external_id = p_external_id and (p_sha256 is null or a.sha256 = p_sha256);
  get diagnostics gone = row_count;
  perform private.apply_media(event.id);
  perform private.record_fact('media.detached', jsonb_build_object('external_id', p_external_id, 'pictures', gone),
                              event.organization_id, event.id);
  return gone;
end $$;
CREATE FUNCTION private.discard_blueprint(p_blueprint uuid) RETURNS public.blueprints
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprints := private.blueprint_for(p_blueprint);
begin
  update public.blueprints set status = 'discarded', updated_at = now(), updated_by = auth.uid() where id = own.id returning * into own;
  perform private.end_imports(own.id);
  if not own.for_event then perform private.remove_draft_event(own.event_id); end if;
  perform private.record_fact('blueprint.discarded', jsonb_build_object('blueprint_id', own.id), own.organization_id);
  return own;
end $$;
CREATE FUNCTION private.discard_draft(p_draft uuid) RETURNS public.drafts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.draft_for(p_draft uuid, p_revision integer, p_permission text) RETURNS public.drafts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.draft_needs(p_draft uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.email_of(p_user uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$ select u.email::text from auth.users u where u.id = p_user $$;
CREATE FUNCTION private.end_imports(p_blueprint uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  update public.imports i set status = 'cancelled', ended_at = now(), lease_until = null
  where i.blueprint_id = p_blueprint and i.status in ('queued', 'running')
$$;
CREATE TABLE public.buyer_requests (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    session_id uuid NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    listing_id bigint,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    idempotency_key text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamp with time zone,
    ended_by uuid,
    CONSTRAINT buyer_requests_check CHECK (((status = 'open'::text) = (ended_at IS NULL))),
    CONSTRAINT buyer_requests_details_check CHECK (((jsonb_typeof(details) = 'object'::text) AND (octet_length((details)::text) <= 8000))),
    CONSTRAINT buyer_requests_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
    CONSTRAINT buyer_requests_kind_check CHECK ((kind = ANY (ARRAY['book'::text, 'info'::text, 'message'::text, 'offer'::text, 'deposit'::text, 'reveal'::text, 'remind'::text, 'hand_off'::text]))),
    CONSTRAINT buyer_requests_status_check CHECK ((status = ANY (ARRAY['open'::text, 'done'::text, 'declined'::text, 'withdrawn'::text])))
);
CREATE FUNCTION private.end_request(p_request uuid, p_status text) RETURNS public.buyer_requests
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare made public.buyer_requests;
begin
  select * into made from public.buyer_requests r where r.id = p_request for update;
  if made.id is null or made.organization_id not in (select private.organizations_of_actor('admin', 'operator', 'specialist')) then
    perform private.fail(404, 'transactions.no_such_request');
  elsif p_status is null or p_status not in ('done', 'declined') then
    perform private.fail(422, 'policy.unknown_request', jsonb_build_object('status', p_status));
  elsif made.status <> 'open' then
    return made;
  end if;
  update public.buyer_requests set status = p_status, ended_at = clock_timestamp(), ended_by = auth.uid()
  where id = made.id returning * into made;
  perform private.record_fact('request.ended', jsonb_build_object('request_id', made.id, 'status', made.status),
                              made.organization_id, made.event_id, made.session_id);
  perform private.tell_request(made);
  return made;
end $$;
CREATE FUNCTION private.ensure_event_partition(p_event uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.enter_as_system(reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if length(trim(reason)) < 8 then raise exception 'a reason is needed to pass row-level security'; end if;
  perform private.record_fact('system.entered', jsonb_build_object('reason', reason));
end $$;
CREATE FUNCTION private.exact_arguments(p_verb text, p_arguments jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $_$
declare
  given jsonb := jsonb_strip_nulls(coalesce(p_arguments, '{}'));
  known text[] := case p_verb when 'release' then array['hold_id'] when 'share' then array['contact']
                  when 'hold' then array['listing_id'] when 'withdraw' then array['request_id']
                  else array['listing_id', 'details'] end;
begin
  if jsonb_typeof(given) <> 'object' or given - known <> '{}'
     or (p_verb = 'hold' and not given ? 'listing_id') or (p_verb = 'release' and not given ? 'hold_id')
     or (given ? 'listing_id' and not (given ->> 'listing_id') ~ '^[0-9]{1,18}$') then
    perform private.fail(422, 'policy.wrong_arguments', jsonb_build_object('verb', p_verb, 'expected', known));
  end if;
  if given ? 'listing_id' then
    given := given || jsonb_build_object('listing_id', (given ->> 'listing_id')::bigint);
  end if;
  return given;
end $_$;
CREATE FUNCTION private.exceeds(p_one jsonb, p_other jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select private.risk_rank(p_one ->> 'max_risk_level') > private.risk_rank(p_other ->> 'max_risk_level')
    or exists (select from jsonb_each(p_one) e where e.value = 'true' and p_other -> e.key is distinct from 'true')
$$;
CREATE FUNCTION private.expire_hold(p_hold uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare over public.holds;
begin
  update public.holds set status = 'expired', ended_at = now() where id = p_hold and status = 'active' returning * into over;
  if over.id is not null then
    perform private.record_fact('hold.expired', jsonb_build_object('hold_id', over.id, 'listing_id', over.listing_id),
                                over.organization_id, over.event_id, over.session_id);
  end if;
end $$;
CREATE FUNCTION private.facet_counts(p_event uuid, p_filters jsonb) RETURNS TABLE(facet_id integer, n integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    SET jit TO 'off'
    AS $_$
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
end $_$;
CREATE FUNCTION private.fail(status integer, code text, facts jsonb DEFAULT '{}'::jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  raise exception using errcode = 'MX' || status, message = code, detail = facts::text;
end $$;
CREATE FUNCTION private.filled_section(p_name text, p_section jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select case when p_section is null then private.standard_document() -> p_name
              else private.laid_over(private.standard_document() -> p_name, p_section) end
$$;
CREATE FUNCTION private.find_listings(p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text, p_limit integer DEFAULT 24, p_sample integer DEFAULT 0, p_like bigint DEFAULT NULL::bigint, OUT ids bigint[], OUT parts double precision[], OUT matches integer, OUT bits bytea, OUT numbers bytea, OUT hit_bits bytea, OUT hit_numbers bytea) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    SET jit TO 'off'
    AS $_$
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
end $_$;
CREATE FUNCTION private.finish_blueprint_file(p_file uuid, p_kind text, p_findings jsonb, p_problem jsonb) RETURNS public.blueprint_files
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprint_files := private.blueprint_file_for(p_file);
begin
  if own.status <> 'reading' then return own; end if;  -- cancelled meanwhile: the result is not wanted
  update public.blueprint_files f set status = case when p_problem is null then 'read' else 'refused' end,
    kind = coalesce(p_kind, f.kind), findings = case when p_problem is null then coalesce(p_findings, '{}') end,
    problem = p_problem, lease_until = null, stage = '', updated_at = now()
  where f.id = own.id returning * into own;
  perform private.touched_blueprint(own.blueprint_id);
  return own;
end $$;
CREATE FUNCTION private.finish_import(p_import uuid, p_report jsonb, p_problem jsonb) RETURNS public.imports
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  update public.imports set status = case when p_problem is null then 'done' else 'failed' end, report = p_report,
    problem = p_problem, ended_at = now(), lease_until = null
  where id = p_import and status = 'running' returning *
$$;
CREATE FUNCTION private.flags_of(p_organization uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select coalesce(jsonb_object_agg(f.name, f.is_on), '{}') from public.organization_flags f where f.organization_id = p_organization
$$;
CREATE FUNCTION private.forget_column(p_organization uuid, p_source text, p_header text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.demand(p_organization, 'edit_document', 'identity.no_such_organization');
  delete from public.remembered_columns r
  where r.organization_id = p_organization and r.source = coalesce(p_source, '') and r.header = p_header;
end $$;
CREATE FUNCTION private.forget_visitor() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  delete from public.buyer_memories m using public.sessions s
  where s.id = private.session_id() and m.event_id = s.event_id and m.visitor_sha256 = s.visitor_sha256;
  update public.sessions set visitor_sha256 = null where id = private.session_id();
end $$;
CREATE FUNCTION private.fresh_versions(p_version uuid) RETURNS TABLE(id uuid, kind text, based_on uuid, created_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  with recursive chain as (
    select v.id, v.kind, v.based_on, v.created_at from public.event_versions v where v.id = p_version
    union all
    select v.id, v.kind, v.based_on, v.created_at from chain c join public.event_versions v on v.id = c.based_on where c.kind = 'lever'
  )
  select * from chain
$$;
CREATE FUNCTION private.gate_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.gone(p_event uuid, p_before jsonb, p_after jsonb) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  with named (kind, document, name) as (
    select 'field', d.which, a ->> 'name'
    from (values ('before', p_before), ('after', p_after)) d (which, document),
         jsonb_array_elements(coalesce(d.document #> '{catalogue,attributes}', '[]')) a
    union all
    select 'signal', d.which, s
    from (values ('before', p_before), ('after', p_after)) d (which, document),
         jsonb_array_elements_text(coalesce(d.document #> '{preference_extraction,signals}', '[]')) s
    union all
    select 'tool', d.which, t ->> 'name'
    from (values ('before', p_before), ('after', p_after)) d (which, document),
         jsonb_array_elements(coalesce(d.document #> '{agent,tools}', '[]')) t
  ),
  missing as (
    select kind, name from named where document = 'before'
    except select kind, name from named where document = 'after'
  )
  select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'name', m.name, 'conversations', (
      select count(*) from public.sessions s
      where s.event_id = p_event and s.ended_at is null and s.last_seen_at > now() - interval '30 minutes'
        and (m.kind = 'tool' or position('"' || m.name || '"' in s.state::text) > 0)))
    order by m.kind, m.name), '[]')
  from missing m
$$;
CREATE FUNCTION private.guard(p_verb text, p_arguments jsonb, p_confirmation uuid DEFAULT NULL::uuid, p_origin text DEFAULT 'buyer'::text, p_standing boolean DEFAULT false) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions := private.lock_session();
  event public.events;
  snapshot public.policy_snapshots;
  arguments jsonb := private.exact_arguments(p_verb, p_arguments);
  inputs text := private.inputs_sha256(p_verb, arguments);
  kills jsonb;
  found jsonb;
begin
  select * into event from public.events e where e.id = own.event_id;
  perform private.demand_scope(own, event, p_verb, arguments);
  kills := private.kills_of(event);
  if kills -> 'mutating_tools_off' = 'true' and private.verb_kind(p_verb) = 'act' then
    perform private.fail(409, 'events.actions_off', jsonb_build_object('slug', event.slug));
  end if;
  snapshot := private.policy_for(own, p_verb);
  found := private.policy_verdict(snapshot.policy, kills, jsonb_build_object(
    'verb', p_verb, 'origin', p_origin, 'has_confirmation', p_confirmation is not null or p_standing));
  if found ->> 'verdict' = 'deny' then
    perform private.fail(403, 'policy.denied', jsonb_build_object('verb', p_verb, 'reasons', found -> 'reasons'));
  elsif found ->> 'verdict' = 'confirm' then
    perform private.fail(409, 'policy.confirmation_needed', jsonb_build_object('verb', p_verb, 'reasons', found -> 'reasons'));
  end if;
  perform private.demand_pace(own, p_verb, 'allow');
  if p_confirmation is not null then
    perform private.use_confirmation(own, p_confirmation, p_verb, inputs, private.terms_of(own, event, p_verb, arguments));
  end if;
  return private.append_receipts(own.id, jsonb_build_array(jsonb_build_object(
    'verb', p_verb, 'origin', p_origin, 'verdict', 'allow', 'reasons', found -> 'reasons', 'inputs_sha256', inputs,
    'policy_sha256', snapshot.sha256, 'confirmation', p_confirmation)));
end $$;
CREATE FUNCTION private.guard_invitation() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if not private.acts_as_system()
     and private.exceeds(private.role_preset(new.role::text), private.my_permissions(new.organization_id)) then
    perform private.fail(403, 'identity.above_yourself');
  end if;
  return new;
end $$;
CREATE FUNCTION private.guard_member() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.hide_prospects() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare dealer_org uuid;
begin
  for dealer_org in delete from public.prospects p where p.lead_id = new.id returning p.dealer_organization_id loop
    perform realtime.send('{}'::jsonb, 'prospects_changed', 'dealer:' || dealer_org, true);
  end loop;
  return null;
end $$;
CREATE FUNCTION private.inputs_sha256(p_verb text, p_arguments jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select encode(sha256(convert_to(p_verb || E'\n' || p_arguments, 'UTF8')), 'hex')
$$;
CREATE FUNCTION private.int_array(p_ids jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select format('%L::int[]', coalesce('{' || string_agg(value::int::text, ',') || '}', '{}')) from jsonb_array_elements_text(p_ids)
$$;
CREATE FUNCTION private.is_sealing_due() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select exists (
    select from public.organizations o where exists (
      select from public.receipts r where r.organization_id = o.id and r.created_at > coalesce(
        (select a.sealed_until from public.receipt_anchors a where a.organization_id = o.id order by a.n desc limit 1), '-infinity')))
$$;
CREATE FUNCTION private.is_work_left() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select exists (select from public.blueprint_files f
                 where (f.status = 'waiting' and f.updated_at < now() - interval '10 seconds')
                    or (f.status = 'reading' and f.lease_until < now()))
      or exists (select from public.imports i
                 where (i.status = 'queued' and i.created_at < now() - interval '30 seconds')
                    or (i.status = 'running' and i.lease_until < now()))
$$;
CREATE FUNCTION private.judge_blueprint(p_blueprint uuid, p_verdict text, p_reason text) RETURNS public.blueprints
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprints := private.blueprint_for(p_blueprint);
begin
  if p_verdict = 'submit' then
    update public.blueprints set status = 'waiting', verdict = null, reason = '', updated_at = now(), updated_by = auth.uid()
    where id = own.id returning * into own;
    -- whoever has to agree finds what they are asked about, also after a weekend
    update public.sandboxes s set expires_at = greatest(s.expires_at, now() + interval '14 days')
    where s.blueprint_id = own.id and s.expires_at > now();
  elsif p_verdict in ('request_edits', 'reject') then
    perform private.demand(own.organization_id, 'approve_changes', 'blueprints.no_such_blueprint');
    if length(trim(coalesce(p_reason, ''))) = 0 then perform private.fail(422, 'blueprints.needs_reason'); end if;
    update public.blueprints b set verdict = p_verdict, reason = left(p_reason, 2000), updated_at = now(),
      status = case when p_verdict = 'reject' then 'discarded' when b.event_id is null or b.for_event then 'open' else 'previewed' end
    where b.id = own.id returning * into own;
  else
    perform private.fail(422, 'blueprints.unknown_verdict', jsonb_build_object('verdict', p_verdict));
  end if;
  perform private.record_fact('blueprint.' || p_verdict, jsonb_build_object('blueprint_id', own.id, 'reason', own.reason),
                              own.organization_id, own.event_id);
  return own;
end $$;
CREATE FUNCTION private.keep_a_manager() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform 1 from public.organizations o where o.id = old.organization_id for update;
  if found and exists (select from public.members m where m.organization_id = old.organization_id)
     and not exists (select from public.members m where m.organization_id = old.organization_id
                     and (private.permissions_of(m.role::text, m.permissions) ->> 'manage_permissions')::boolean) then
    perform private.fail(409, 'identity.last_manager', jsonb_build_object('organization_id', old.organization_id));
  end if;
  return null;
end $$;
CREATE FUNCTION private.keep_an_admin() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.keep_answer(p_operation text, p_key text, p_status integer, p_body jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  update private.answers set status = p_status, body = p_body
  where actor = coalesce(auth.uid()::text, private.session_id()::text, 'anonymous') and operation = p_operation and key = p_key
    and status is null
$$;
CREATE FUNCTION private.keep_clarification(p_blueprint uuid, p_said text, p_understood text, p_changes jsonb) RETURNS public.clarifications
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprints := private.blueprint_for(p_blueprint);
  kept public.clarifications;
begin
  insert into public.clarifications (blueprint_id, organization_id, said, understood, changes, created_by)
  values (own.id, own.organization_id, p_said, p_understood, p_changes, auth.uid()) returning * into kept;
  return kept;
end $$;
CREATE FUNCTION private.keep_connector(p_event uuid, p_blueprint uuid, p_name text, p_plan jsonb, p_mapping jsonb) RETURNS public.connectors
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  owner uuid;
  kept public.connectors;
begin
  if p_event is not null then
    owner := (private.demand_inventory(p_event)).organization_id;
    if p_blueprint is not null and not exists (
         select from public.blueprints b where b.id = p_blueprint and b.organization_id = owner) then
      perform private.fail(404, 'blueprints.no_such_blueprint');
    end if;
  else
    owner := (private.blueprint_for(p_blueprint)).organization_id;
  end if;
  update public.connectors c set plan = p_plan, mapping = p_mapping, updated_at = now(),
    event_id = coalesce(p_event, c.event_id),
    -- a secret was given for one host and one way to sign in: it does not travel to another, nor to another's token address
    has_secret = c.has_secret and (c.plan -> 'base_url', c.plan -> 'auth', c.plan -> 'extra_auth')
      is not distinct from (p_plan -> 'base_url', p_plan -> 'auth', p_plan -> 'extra_auth')
  where c.organization_id = owner and c.name = p_name
    and (c.event_id = p_event or (c.blueprint_id = p_blueprint and p_blueprint is not null))
  returning * into kept;
  if kept.id is null then
    insert into public.connectors (organization_id, event_id, blueprint_id, name, plan, mapping, created_by)
    values (owner, p_event, p_blueprint, p_name, p_plan, p_mapping, auth.uid()) returning * into kept;
  end if;
  if not kept.has_secret then delete from private.connector_secrets s where s.connector_id = kept.id; end if;
  perform private.record_fact('connector.kept', jsonb_build_object('connector_id', kept.id, 'name', p_name,
                              'base_url', p_plan ->> 'base_url'), owner, p_event);
  return kept;
end $$;
CREATE FUNCTION private.keep_house(p_now timestamp with time zone DEFAULT now()) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.add_journal_month((date_trunc('month', p_now) + make_interval(months => n))::date) from generate_series(0, 2) n;
  delete from private.answers a where a.created_at < p_now - interval '7 days';
  delete from private.web_sessions w where w.expires_at < p_now - interval '1 day';
  delete from public.invitations i where i.expires_at < p_now - interval '30 days' and i.accepted_at is null;
  delete from public.previews p where p.expires_at < p_now;
  delete from private.confirmations c where c.expires_at < p_now - interval '1 day';
  delete from public.buyer_memories m where m.expires_at <= p_now;
  begin  -- hosted Supabase purges its messages itself and does not let us
    delete from realtime.messages m where m.inserted_at < p_now - interval '3 days';
  exception when insufficient_privilege then null;
  end;
end $$;
CREATE FUNCTION private.keep_newer_wishes() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  if new.updated_at < old.updated_at and old.wishes <> '{}' and old.expires_at > now() then
    new.wishes := old.wishes;
    new.updated_at := old.updated_at;
  end if;
  return new;
end $$;
CREATE TABLE public.previews (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    draft_id uuid,
    document jsonb NOT NULL,
    sha256 text NOT NULL,
    results jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone DEFAULT (now() + '01:00:00'::interval) NOT NULL
);
CREATE FUNCTION private.keep_preview(p_event uuid, p_draft uuid, p_document jsonb, p_sha256 text, p_results jsonb) RETURNS public.previews
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  owner uuid := (select e.organization_id from public.events e where e.id = p_event);
  kept public.previews;
begin
  perform private.demand(owner, 'view_config');
  if p_draft is not null and not exists (select from public.drafts d where d.id = p_draft and d.event_id = p_event) then
    perform private.fail(404, 'events.no_such_draft');
  end if;
  delete from public.previews p where p.expires_at < now();
  insert into public.previews (event_id, organization_id, draft_id, document, sha256, results, created_by)
  values (p_event, owner, p_draft, p_document, p_sha256, p_results, auth.uid()) returning * into kept;
  return kept;
end $$;
CREATE TABLE public.policy_snapshots (
    session_id uuid NOT NULL,
    number integer NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    version_id uuid NOT NULL,
    profile text NOT NULL,
    policy jsonb NOT NULL,
    sha256 text NOT NULL,
    facts jsonb DEFAULT '{}'::jsonb NOT NULL,
    sealed_facts bytea,
    trace jsonb DEFAULT '[]'::jsonb NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT policy_snapshots_check CHECK (((octet_length((facts)::text) <= 20000) AND (octet_length((policy)::text) <= 200000))),
    CONSTRAINT policy_snapshots_number_check CHECK ((number > 0)),
    CONSTRAINT policy_snapshots_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 200)))
);
CREATE FUNCTION private.keep_snapshot(own public.sessions, p_policy jsonb, p_facts jsonb, p_reason text) RETURNS public.policy_snapshots
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  kept public.policy_snapshots;
  facts jsonb := coalesce(p_facts, '{}');
begin
  if jsonb_typeof(p_policy -> 'tools') is distinct from 'array'
     or coalesce(p_policy ->> 'autonomy', '') not in ('strict', 'balanced', 'assisted-auto') then
    perform private.fail(422, 'policy.not_a_policy');
  end if;
  insert into public.policy_snapshots (session_id, number, event_id, organization_id, version_id, profile, policy, sha256, facts,
                                       sealed_facts, trace, reason, expires_at)
  values (own.id, 1 + coalesce((select max(s.number) from public.policy_snapshots s where s.session_id = own.id), 0),
          own.event_id, own.organization_id, own.version_id, coalesce(p_policy ->> 'profile', 'default'), p_policy,
          encode(sha256(convert_to(p_policy::text, 'UTF8')), 'hex'), facts - 'trace' - 'sealed',
          convert_to(facts ->> 'sealed', 'UTF8'), coalesce(facts -> 'trace', '[]'), p_reason,
          clock_timestamp() + make_interval(mins => coalesce((p_policy ->> 'snapshot_minutes')::int, 240)))
  returning * into kept;
  perform private.append_receipts(own.id, jsonb_build_array(jsonb_build_object(
    'verb', 'policy', 'origin', 'job', 'verdict', 'allow', 'reasons', jsonb_build_array('snapshot_' || kept.number),
    'inputs_sha256', private.snapshot_sha256(kept), 'policy_sha256', kept.sha256)));
  return kept;
end $$;
CREATE FUNCTION private.kills_of(event public.events) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select jsonb_build_object('ai_off', event.ai_off or coalesce(bool_or(f.name = 'ai_off'), false),
    'mutating_tools_off', event.actions_off or coalesce(bool_or(f.name = 'mutating_tools_off'), false),
    'force_strict', event.force_strict or coalesce(bool_or(f.name = 'force_strict'), false))
  from public.organization_flags f
  where f.organization_id = event.organization_id and f.is_on and f.name in ('ai_off', 'mutating_tools_off', 'force_strict')
$$;
CREATE FUNCTION private.laid_over(p_lower jsonb, p_upper jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  if p_lower is null or jsonb_typeof(p_lower) <> 'object' or jsonb_typeof(p_upper) <> 'object' then return p_upper; end if;
  return p_lower || coalesce((
    select jsonb_object_agg(u.key, case when jsonb_typeof(u.value) = 'object' and p_lower ? u.key
                                   then private.laid_over(p_lower -> u.key, u.value) else u.value end)
    from jsonb_each(p_upper) u), '{}');
end $$;
CREATE FUNCTION private.leaf_values(p_document jsonb) RETURNS TABLE(pattern text[], found jsonb)
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  with recursive walk as (
    select '{}'::text[] as pattern, p_document as value, '{}'::int[] as place
    union all
    select w.pattern || c.step, c.value, w.place || c.n
    from walk w cross join lateral (
      select e.key as step, e.value, 0 as n
      from jsonb_each(case when jsonb_typeof(w.value) = 'object' then w.value end) e
      union all
      select '*', a.value, a.n::int
      from jsonb_array_elements(case when jsonb_typeof(w.value) = 'array' then w.value end) with ordinality a (value, n)
    ) c
  )
  select w.pattern, jsonb_agg(jsonb_build_array(to_jsonb(w.place), w.value) order by w.place)
  from walk w where jsonb_typeof(w.value) not in ('object', 'array') or w.value in ('{}', '[]')
  group by w.pattern
$$;
CREATE FUNCTION private.lever_allows(p_lever jsonb, p_from jsonb, p_to jsonb) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
declare
  low numeric;
  high numeric;
  origin numeric;
begin
  if p_lever is null or p_to is null then return false; end if;
  if jsonb_typeof(p_lever #> '{range,0}') = 'number' then
    if jsonb_typeof(p_from) <> 'number' or jsonb_typeof(p_to) <> 'number' then return false; end if;
    origin := p_from::numeric;
    low := (p_lever #>> '{range,0}')::numeric;
    high := (p_lever #>> '{range,1}')::numeric;
    if (p_lever ->> 'relative')::boolean then
      low := low * abs(origin);
      high := high * abs(origin);
    end if;
    return p_to::numeric between origin + low - 1e-9 and origin + high + 1e-9;
  end if;
  return p_lever -> 'range' @> jsonb_build_array(p_to);
end $$;
CREATE FUNCTION private.list_members(p_organization uuid) RETURNS TABLE(user_id uuid, email text, role text, overrides jsonb, permissions jsonb, joined_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select m.user_id, u.email::text, m.role::text, m.permissions,
         private.permissions_of(m.role::text, m.permissions), m.created_at
  from public.members m join auth.users u on u.id = m.user_id
  where m.organization_id = p_organization
    and (private.acts_as_system() or p_organization in (select private.organizations_of_actor()))
  order by m.role, u.email
$$;
CREATE FUNCTION private.listing_predicate(p_event uuid, p_filters jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.listing_scan_of(p_event uuid) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare scan text := format('private.%I', 'listing_scan_' || replace(p_event::text, '-', ''));
begin
  if to_regclass(scan) is null then perform private.fail(404, 'events.not_found'); end if;
  return scan;
end $$;
CREATE FUNCTION private.lock_session() RETURNS public.sessions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare own public.sessions;
begin
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null or own.event_id is distinct from private.session_event_id() then
    perform private.fail(404, 'discovery.no_such_session');
  end if;
  return own;
end $$;
CREATE FUNCTION private.make_request(p_kind text, p_listing bigint, p_details jsonb, p_key text, p_confirmation uuid DEFAULT NULL::uuid, p_origin text DEFAULT 'buyer'::text) RETURNS public.buyer_requests
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions := private.lock_session();
  made public.buyer_requests;
  details jsonb := jsonb_strip_nulls(coalesce(p_details, '{}'));
begin
  if p_kind is null or p_kind not in ('book', 'info', 'message', 'offer', 'deposit', 'reveal', 'remind', 'hand_off') then
    perform private.fail(422, 'policy.unknown_request', jsonb_build_object('kind', p_kind));
  end if;
  select * into made from public.buyer_requests r where r.session_id = own.id and r.idempotency_key = p_key;
  if made.id is not null then
    if (made.kind, made.details, made.listing_id) is distinct from (p_kind, details, p_listing) then
      perform private.fail(409, 'core.key_reused', jsonb_build_object('operation', 'transaction/request'));
    end if;
    return made;
  end if;
  perform private.guard(p_kind, jsonb_build_object('listing_id', p_listing, 'details', details), p_confirmation, p_origin);
  insert into public.buyer_requests (session_id, event_id, organization_id, kind, listing_id, details, idempotency_key)
  values (own.id, own.event_id, own.organization_id, p_kind, p_listing, details, p_key) returning * into made;
  perform private.record_fact('request.made', jsonb_build_object('request_id', made.id, 'kind', p_kind, 'listing_id', p_listing),
                              own.organization_id, own.event_id, own.id);
  perform private.tell_request(made);
  return made;
end $$;
CREATE FUNCTION private.mark_sold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update private.listing_scan s set sold = new.state = 'sold' where s.event_id = new.event_id and s.id = new.listing_id;
  return null;
end $$;
CREATE FUNCTION private.may(p_organization uuid, p_permission text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select private.acts_as_system()
    or coalesce((private.my_permissions(p_organization) ->> p_permission)::boolean, false)
$$;
CREATE FUNCTION private.may_edit(p_organization uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select private.acts_as_system() or coalesce((
    select bool_or((m ->> k)::boolean) from (select private.my_permissions(p_organization) as m) mine,
    unnest(array['edit_document', 'edit_system_prompt', 'add_remove_tools', 'modify_integrations', 'change_voice_params']) k), false)
$$;
CREATE FUNCTION private.may_listen(topic text) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  kind text := split_part(topic, ':', 1);
  named uuid;
begin
  begin
    named := split_part(topic, ':', 2)::uuid;
  exception when others then
    return false;  -- `versions` and names that are not ours: the service alone
  end;
  return case kind
    when 'event' then named = private.session_event_id()
      or exists (select from public.events e where e.id = named
                 and e.organization_id in (select private.organizations_of_actor()))
    when 'organization' then named in (select private.organizations_of_actor())
    when 'dealer' then named in (select private.organizations_of_actor())
    else false end;
end $$;
CREATE TABLE public.event_versions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    number integer NOT NULL,
    document jsonb NOT NULL,
    canonical text NOT NULL,
    source text NOT NULL,
    sha256 text NOT NULL,
    message text DEFAULT ''::text NOT NULL,
    author_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    kind text DEFAULT 'publish'::text NOT NULL,
    risk text DEFAULT 'none'::text NOT NULL,
    reloads text[] DEFAULT '{}'::text[] NOT NULL,
    draft_id uuid,
    based_on uuid,
    restores uuid,
    baseline_id uuid,
    approvals jsonb DEFAULT '[]'::jsonb NOT NULL,
    gone jsonb DEFAULT '[]'::jsonb NOT NULL,
    carry text,
    renames jsonb DEFAULT '{}'::jsonb NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT canonical_matches_document CHECK (((canonical)::jsonb = document)),
    CONSTRAINT canonical_matches_hash CHECK ((encode(sha256(convert_to(canonical, 'UTF8'::name)), 'hex'::text) = sha256)),
    CONSTRAINT event_versions_carry_check CHECK ((carry = ANY (ARRAY['drain'::text, 'migrate'::text, 'force'::text]))),
    CONSTRAINT event_versions_kind_check CHECK ((kind = ANY (ARRAY['publish'::text, 'lever'::text, 'rollback'::text, 'auto_rollback'::text]))),
    CONSTRAINT event_versions_message_check CHECK ((length(message) <= 500)),
    CONSTRAINT event_versions_number_check CHECK ((number > 0)),
    CONSTRAINT event_versions_reason_check CHECK ((length(reason) <= 500)),
    CONSTRAINT event_versions_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);
CREATE FUNCTION private.move_lever(p_event uuid, p_number integer, p_canonical text, p_source text, p_sha256 text, p_message text) RETURNS public.event_versions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  owner uuid := (select e.organization_id from public.events e where e.id = p_event);
  moved public.event_versions;
begin
  perform private.demand(owner, 'move_levers');
  insert into public.event_versions (event_id, organization_id, number, document, canonical, source, sha256, message, author_id, kind)
  values (p_event, owner, p_number, p_canonical::jsonb, p_canonical, p_source, p_sha256, p_message, auth.uid(), 'lever')
  returning * into moved;
  return moved;
end $$;
CREATE FUNCTION private.my_permissions(p_organization uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select private.permissions_of(m.role::text, m.permissions) from public.members m
  where m.organization_id = p_organization and m.user_id = (select auth.uid())
$$;
CREATE FUNCTION private.needs_of(p_event uuid, p_after jsonb, p_contributors uuid[]) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.note_blocks(p_event uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  event public.events;
  began timestamptz := date_bin('10 minutes', clock_timestamp(), '2026-01-01T00:00:00Z');
  blocked int;
begin
  select * into event from public.events e where e.id = p_event;
  if exists (select from public.alerts a where a.event_id = p_event and a.kind = 'blocked_spike' and a.window_at = began) then
    return;
  end if;
  select count(*) into blocked from (
    select from public.receipts r where r.event_id = p_event and r.verdict = 'deny'
      and r.created_at > clock_timestamp() - interval '1 minute' limit event.blocked_per_minute + 1) b;
  if blocked <= event.blocked_per_minute then return; end if;
  insert into public.alerts (organization_id, event_id, kind, window_at, facts)
  values (event.organization_id, event.id, 'blocked_spike', began,
          jsonb_build_object('slug', event.slug, 'limit', event.blocked_per_minute))
  on conflict do nothing;
  if found then
    perform realtime.send(jsonb_build_object('kind', 'blocked_spike', 'event_id', event.id, 'slug', event.slug,
        'limit', event.blocked_per_minute), 'alert', 'organization:' || event.organization_id, true);
  end if;
end $$;
CREATE FUNCTION private.note_blueprint_file(p_file uuid, p_stage text, p_done bigint, p_total bigint, p_seconds integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprint_files := private.blueprint_file_for(p_file);
begin
  if own.status <> 'reading' then return false; end if;
  update public.blueprint_files set stage = left(p_stage, 100), done = p_done, total = p_total,
    lease_until = now() + make_interval(secs => p_seconds), updated_at = now()
  where id = own.id;
  return true;
end $$;
CREATE FUNCTION private.note_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if tg_op = 'INSERT' then
    perform private.record_fact('event.created', jsonb_build_object('slug', new.slug, 'name', new.name), new.organization_id, new.id);
    return null;
  end if;
  if old.status = 'closed' then
    perform private.fail(409, 'events.closed_for_good', jsonb_build_object('slug', old.slug));
  end if;
  perform private.record_fact('event.status_changed', jsonb_build_object('slug', new.slug, 'from', old.status, 'to', new.status),
                              new.organization_id, new.id);
  return null;
end $$;
CREATE FUNCTION private.note_failure() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions;
begin
  update public.sessions set failed_at = now() where id = private.session_id() and failed_at is null returning * into own;
  if own.id is not null then
    perform private.record_fact('conversation.failed', jsonb_build_object('version_id', own.version_id),
                                own.organization_id, own.event_id, own.id);
  end if;
end $$;
CREATE FUNCTION private.note_import(p_import uuid, p_stage text, p_done bigint, p_total bigint, p_rows bigint, p_seconds integer) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  with noted as (
    update public.imports set stage = left(p_stage, 100), done = p_done, total = p_total, rows = p_rows,
      lease_until = now() + make_interval(secs => p_seconds)
    where id = p_import and status = 'running' returning 1)
  select exists (select from noted)
$$;
CREATE FUNCTION private.note_role() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.record_fact('member.role_changed',
    jsonb_build_object('user_id', new.user_id, 'before', old.role, 'after', new.role), new.organization_id);
  return null;
end $$;
CREATE FUNCTION private.objections_to(p_draft public.drafts) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object('user_id', r.reviewer_id, 'email', private.email_of(r.reviewer_id),
                                               'at', r.created_at, 'reason', r.reason, 'verdict', r.verdict)
                            order by r.created_at), '[]')
  from (select distinct on (d.reviewer_id) d.* from public.draft_reviews d
        where d.draft_id = p_draft.id order by d.reviewer_id, d.created_at desc, d.id) r
  join public.members m on m.user_id = r.reviewer_id and m.organization_id = p_draft.organization_id
  where r.verdict <> 'approve' and r.sha256 = p_draft.sha256 and r.base_version_id is not distinct from p_draft.base_version_id
    and (private.permissions_of(m.role::text, m.permissions) ->> 'approve_changes')::boolean
$$;
CREATE FUNCTION private.only_bit(p_event uuid, p_ids jsonb) RETURNS integer
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select f.bit from public.facets f
  where f.event_id = p_event and jsonb_array_length(p_ids) = 1 and f.id = (p_ids ->> 0)::int
$$;
CREATE FUNCTION private.open_blueprint(p_organization uuid, p_title text, p_template text, p_event uuid DEFAULT NULL::uuid) RETURNS public.blueprints
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  opened public.blueprints;
begin
  perform private.demand(p_organization, 'edit_document', 'identity.no_such_organization');
  if p_event is not null and not exists (
    select from public.events e where e.id = p_event and e.organization_id = p_organization) then
    perform private.fail(404, 'events.not_found');
  end if;
  insert into public.blueprints (organization_id, event_id, for_event, title, template, created_by, updated_by)
  values (p_organization, p_event, p_event is not null, p_title, coalesce(p_template, ''), auth.uid(), auth.uid())
  returning * into opened;
  perform private.record_fact('blueprint.opened', jsonb_build_object('blueprint_id', opened.id, 'title', opened.title),
                              p_organization, p_event);
  return opened;
end $$;
CREATE FUNCTION private.open_branch(p_event uuid, p_name text, p_description text, p_base integer) RETURNS public.branches
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $_$
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
end $_$;
CREATE FUNCTION private.open_confirmations() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select c.id from private.confirmations c
  where c.session_id = private.session_id() and c.used_at is null and c.expires_at > clock_timestamp()
$$;
CREATE TABLE public.leads (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    session_id uuid NOT NULL,
    wishes jsonb NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT leads_status_check CHECK ((status = ANY (ARRAY['open'::text, 'withdrawn'::text, 'closed'::text])))
);
CREATE FUNCTION private.open_lead(p_wishes jsonb, p_portrait jsonb, p_contact jsonb, p_matches jsonb, p_refresh boolean DEFAULT false, p_confirmation uuid DEFAULT NULL::uuid, p_origin text DEFAULT 'buyer'::text) RETURNS public.leads
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions;
  lead public.leads;
  dealer_org uuid;
begin
  own := private.lock_session();
  select * into lead from public.leads l where l.session_id = own.id and l.status = 'open';
  if lead.id is null and p_refresh then
    perform private.fail(404, 'leads.no_open_lead');
  end if;
  perform private.guard('share', jsonb_build_object('contact', p_contact), p_confirmation, p_origin,
                        p_refresh and p_contact is null);
  if lead.id is null then
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
CREATE TABLE public.sandboxes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    blueprint_id uuid NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    source text NOT NULL,
    canonical text NOT NULL,
    sha256 text NOT NULL,
    rehearsal jsonb,
    seen_at timestamp with time zone,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone DEFAULT (now() + '24:00:00'::interval) NOT NULL,
    CONSTRAINT sandbox_canonical_matches_hash CHECK ((encode(sha256(convert_to(canonical, 'UTF8'::name)), 'hex'::text) = sha256)),
    CONSTRAINT sandboxes_source_check CHECK ((octet_length(source) <= 1000000))
);
CREATE FUNCTION private.open_sandbox(p_blueprint uuid, p_slug text, p_name text, p_source text, p_canonical text, p_sha256 text) RETURNS public.sandboxes
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprints := private.blueprint_for(p_blueprint);
  event public.events;
  opened public.sandboxes;
begin
  select * into event from public.events e where e.id = own.event_id for update;
  if event.id is null then
    insert into public.events (organization_id, slug, name, created_by)
    values (own.organization_id, p_slug, p_name, auth.uid()) returning * into event;
    update public.blueprints set event_id = event.id where id = own.id;
  elsif event.current_version_id is null then
    update public.events set slug = p_slug, name = p_name where id = event.id returning * into event;
  end if;
  if p_canonical::jsonb ->> 'id' is distinct from event.slug then
    perform private.fail(422, 'events.wrong_document',
      jsonb_build_object('slug', event.slug, 'found', p_canonical::jsonb ->> 'id'));
  end if;
  perform private.end_imports(own.id);
  if event.current_version_id is null then perform private.clear_leftovers(own.id, event.id); end if;
  delete from public.sandboxes s where s.blueprint_id = own.id;
  insert into public.sandboxes (blueprint_id, event_id, organization_id, source, canonical, sha256, created_by)
  values (own.id, event.id, own.organization_id, p_source, p_canonical, p_sha256, auth.uid()) returning * into opened;
  update public.blueprints set status = 'previewed', updated_at = now(), updated_by = auth.uid() where id = own.id;
  perform private.record_fact('sandbox.opened', jsonb_build_object('blueprint_id', own.id, 'sha256', p_sha256),
                              own.organization_id, event.id);
  return opened;
exception when unique_violation then
  perform private.fail(409, 'events.slug_taken', jsonb_build_object('slug', p_slug));
end $$;
CREATE FUNCTION private.open_session(p_event_slug text, p_version uuid, p_state jsonb, p_arms jsonb, p_policy jsonb DEFAULT NULL::jsonb, p_facts jsonb DEFAULT NULL::jsonb) RETURNS public.sessions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  event public.events;
  opened public.sessions;
begin
  select * into event from public.events e where e.slug = p_event_slug;
  if event.id is null or event.status = 'draft' then
    perform private.fail(404, 'events.not_found', jsonb_build_object('slug', p_event_slug));
  elsif event.status = 'closed' or event.closes_at <= now() then
    perform private.fail(410, 'events.closed', jsonb_build_object('slug', p_event_slug));
  elsif event.opens_at > now() then
    perform private.fail(409, 'events.not_open_yet', jsonb_build_object('slug', p_event_slug, 'opens_at', event.opens_at));
  elsif event.status = 'paused' then
    perform private.fail(410, 'events.paused', jsonb_build_object('slug', p_event_slug));
  elsif not exists (select from public.event_versions v where v.id = p_version and v.event_id = event.id) then
    perform private.fail(409, 'events.version_superseded', jsonb_build_object('slug', p_event_slug));
  end if;
  insert into public.sessions (event_id, organization_id, version_id, state, arms)
  values (event.id, event.organization_id, p_version, p_state, p_arms) returning * into opened;
  if p_policy is not null then perform private.keep_snapshot(opened, p_policy, p_facts, 'opened'); end if;
  perform private.record_fact('session.opened', jsonb_build_object('version_id', p_version, 'arms', p_arms),
                              event.organization_id, event.id, opened.id);
  perform realtime.send(jsonb_build_object('session_id', opened.id, 'event_id', event.id), 'session_opened',
                        'organization:' || event.organization_id, true);
  return opened;
end $$;
CREATE FUNCTION private.open_web_session(p_token_sha256 bytea, p_hours integer) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare ends timestamptz := now() + make_interval(hours => p_hours);
begin
  if auth.uid() is null then perform private.fail(401, 'identity.not_signed_in'); end if;
  delete from private.web_sessions w where w.user_id = auth.uid() and w.expires_at < now();
  insert into private.web_sessions (token_sha256, user_id, expires_at) values (p_token_sha256, auth.uid(), ends);
  return ends;
end $$;
CREATE FUNCTION private.organizations_of_actor(VARIADIC roles text[] DEFAULT '{}'::text[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select m.organization_id from public.members m
  where m.user_id = (select auth.uid()) and (roles = '{}' or m.role::text = any (roles))
$$;
CREATE FUNCTION private.organizations_where(p_permission text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select m.organization_id from public.members m
  where m.user_id = (select auth.uid())
    and (private.permissions_of(m.role::text, m.permissions) ->> p_permission)::boolean
$$;
CREATE FUNCTION private.packed_columns(OUT bits text, OUT numbers text) RETURNS record
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $_$
  select $q$coalesce(string_agg(bit_send(s.bits), ''::bytea order by s.id), ''::bytea)$q$,
    'coalesce(string_agg(' || (select string_agg(format($q$float4send(coalesce(s.%I::real, 'NaN'))$q$, c), ' || ')
      from unnest('{price,year,mileage,n1,n2,n3,n4,n5,n6,n7,n8}'::text[]) c) || $q$, ''::bytea order by s.id), ''::bytea)$q$
$_$;
CREATE FUNCTION private.partners_of_actor() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select d.seller_id from public.dealers d where d.status = 'active'
    and d.dealer_id in (select private.organizations_of_actor())
  union
  select d.dealer_id from public.dealers d where d.seller_id in (select private.organizations_of_actor())
$$;
CREATE FUNCTION private.permissions_of(p_role text, p_overrides jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$ select private.role_preset(p_role) || p_overrides $$;
CREATE FUNCTION private.pinned_version(p_version uuid) RETURNS TABLE(event_id uuid, organization_id uuid, slug text, status text, catalogue_revision bigint, flags_revision bigint, organization_flags jsonb, version_id uuid, number integer, sha256 text, created_at timestamp with time zone, document jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select e.id, e.organization_id, e.slug, e.status, e.catalogue_revision, o.flags_revision, private.flags_of(o.id),
         v.id, v.number, v.sha256, v.created_at, v.document
  from public.event_versions v
  join public.events e on e.id = v.event_id
  join public.organizations o on o.id = e.organization_id
  where v.id = p_version
$$;
CREATE TABLE public.holds (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    listing_id bigint NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    session_id uuid NOT NULL,
    version_id uuid NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    placed_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    deposit_required boolean DEFAULT false NOT NULL,
    idempotency_key text NOT NULL,
    CONSTRAINT holds_check CHECK ((expires_at > placed_at)),
    CONSTRAINT holds_check1 CHECK (((status = 'active'::text) = (ended_at IS NULL))),
    CONSTRAINT holds_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
    CONSTRAINT holds_status_check CHECK ((status = ANY (ARRAY['active'::text, 'released'::text, 'expired'::text, 'converted'::text])))
);
CREATE FUNCTION private.place_hold(p_listing bigint, p_key text, p_confirmation uuid DEFAULT NULL::uuid, p_origin text DEFAULT 'buyer'::text) RETURNS public.holds
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions;
  event public.events;
  unit public.listing_units;
  hold public.holds;
begin
  -- The cheap look first: most losers of a race leave here without waiting for a lock.
  select * into unit from public.listing_units u where u.listing_id = p_listing;
  select * into own from public.sessions s where s.id = private.session_id();
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  select * into hold from public.holds h where h.session_id = own.id and h.idempotency_key = p_key;
  if hold.id is not null then
    if hold.listing_id <> p_listing then
      perform private.fail(409, 'core.key_reused', jsonb_build_object('operation', 'transaction/reserve'));
    end if;
    return hold;
  end if;
  if unit.listing_id is null or unit.event_id <> own.event_id
     or not exists (select from public.listings l where l.id = p_listing and l.listed) then
    perform private.fail(404, 'catalogue.no_such_listing', jsonb_build_object('listing_id', p_listing));
  end if;
  perform private.refuse_taken(unit, own.id);
  -- One buyer's requests queue here, so that the quota is counted, not guessed.
  own := private.lock_session();
  select * into hold from public.holds h where h.session_id = own.id and h.idempotency_key = p_key;
  if hold.id is not null then return hold; end if;
  -- The unit's row lock decides the race; clock_timestamp because now() is when the transaction began, before any wait.
  select * into unit from public.listing_units u where u.listing_id = p_listing for update;
  perform private.refuse_taken(unit, own.id);
  -- the wall stands behind the lock: a loser of the race is told so, and costs no more than before
  perform private.guard('hold', jsonb_build_object('listing_id', p_listing), p_confirmation, p_origin);
  select * into event from public.events e where e.id = own.event_id;
  if (select count(*) from public.holds h where h.session_id = own.id and h.status = 'active' and h.expires_at > now())
     >= event.hold_limit then
    perform private.fail(429, 'transactions.hold_limit', jsonb_build_object('limit', event.hold_limit));
  end if;
  if unit.hold_id is not null then perform private.expire_hold(unit.hold_id); end if;
  insert into public.holds (listing_id, event_id, organization_id, session_id, version_id, placed_at, expires_at, deposit_required, idempotency_key)
  values (p_listing, own.event_id, own.organization_id, own.id, own.version_id, clock_timestamp(),
          clock_timestamp() + make_interval(secs => event.hold_ttl_s), event.deposit_required, p_key)
  returning * into hold;
  update public.listing_units set state = 'held', hold_id = hold.id, held_until = hold.expires_at, version = version + 1
  where listing_id = p_listing;
  perform private.record_fact('hold.placed',
    jsonb_build_object('hold_id', hold.id, 'listing_id', p_listing, 'expires_at', hold.expires_at),
    own.organization_id, own.event_id, own.id);
  return hold;
end $$;
CREATE FUNCTION private.policy_for(own public.sessions, p_verb text) RETURNS public.policy_snapshots
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare found public.policy_snapshots;
begin
  select * into found from public.policy_snapshots p where p.session_id = own.id order by p.number desc limit 1;
  if private.verb_kind(p_verb) is distinct from 'open'
     and (found.session_id is null or found.expires_at <= clock_timestamp() or found.version_id <> own.version_id) then
    perform private.fail(409, 'policy.refresh_needed');
  end if;
  return found;
end $$;
CREATE FUNCTION private.policy_verdict(p_policy jsonb, p_kills jsonb, p_call jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
declare
  verb text := p_call ->> 'verb';
  origin text := p_call ->> 'origin';
  kind text := private.verb_kind(verb);
  may_confirm boolean := origin <> 'guide';  -- the guide may prepare; only the buyer's own call confirms
  confirmed boolean := coalesce((p_call ->> 'has_confirmation')::boolean, false);
  tool text;
  confirm boolean;
  idempotent boolean;
  why text[];
begin
  if kind is null then
    return jsonb_build_object('verdict', 'deny', 'reasons', array['unknown_verb'], 'tool', null);
  elsif origin is null or origin not in ('buyer', 'guide', 'job') then
    return jsonb_build_object('verdict', 'deny', 'reasons', array['unknown_origin'], 'tool', null);
  end if;
  -- several tools may do the same: what the strictest of them asks for holds
  select (array_agg(t.value ->> 'name' order by t.n))[1], bool_or(t.value -> 'confirm' is distinct from 'false'),
         bool_and(t.value -> 'idempotent' is not distinct from 'true')
  into tool, confirm, idempotent
  from jsonb_array_elements(case when jsonb_typeof(p_policy -> 'tools') = 'array' then p_policy -> 'tools' else '[]' end)
    with ordinality t (value, n) where t.value ->> 'verb' = verb;
  why := array_remove(array[
    case when origin = 'guide' and p_kills -> 'ai_off' = 'true' then 'ai_off' end,
    case when kind = 'act' and p_kills -> 'mutating_tools_off' = 'true' then 'mutating_tools_off' end,
    case when kind <> 'open' and tool is null then 'not_in_policy' end,
    case when confirmed and not may_confirm then 'guide_cannot_confirm' end], null);
  if why <> '{}' then
    return jsonb_build_object('verdict', 'deny', 'reasons', why, 'tool', tool);
  end if;
  why := case
    when kind = 'read' or verb in ('hand_off', 'survey') then '{}'
    when kind = 'open' then case when origin = 'guide' then array['guide'] else '{}'::text[] end
    else private.confirm_reasons(p_policy, p_kills -> 'force_strict' = 'true', verb, origin, confirm, idempotent) end;
  if why = '{}' then
    return jsonb_build_object('verdict', 'allow', 'reasons', array[case kind when 'open' then 'always_open' else 'tool_allowed' end],
                              'tool', tool);
  elsif confirmed then
    return jsonb_build_object('verdict', 'allow', 'reasons', array['confirmed'], 'tool', tool);
  end if;
  return jsonb_build_object('verdict', 'confirm', 'reasons', why, 'tool', tool);
end $$;
CREATE FUNCTION private.prepare_action(p_verb text, p_arguments jsonb, p_origin text DEFAULT 'buyer'::text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions := private.lock_session();
  event public.events;
  snapshot public.policy_snapshots;
  arguments jsonb := private.exact_arguments(p_verb, p_arguments);
  inputs text := private.inputs_sha256(p_verb, arguments);
  found jsonb;
  terms jsonb;
  token private.confirmations;
begin
  select * into event from public.events e where e.id = own.event_id;
  perform private.demand_scope(own, event, p_verb, arguments);
  snapshot := private.policy_for(own, p_verb);
  found := private.policy_verdict(snapshot.policy, private.kills_of(event), jsonb_build_object('verb', p_verb, 'origin', p_origin));
  if found ->> 'verdict' = 'deny' then
    perform private.record_block(p_verb, arguments, p_origin, array(select jsonb_array_elements_text(found -> 'reasons')));
    return found - 'tool' || jsonb_build_object('confirmation', null, 'expires_at', null, 'arguments', arguments, 'terms', '{}'::jsonb);
  end if;
  perform private.demand_pace(own, p_verb, 'confirm');
  terms := private.terms_of(own, event, p_verb, arguments);
  insert into private.confirmations (session_id, verb, inputs_sha256, terms, origin)
  values (own.id, p_verb, inputs, terms, p_origin) returning * into token;
  perform private.append_receipts(own.id, jsonb_build_array(jsonb_build_object(
    'verb', p_verb, 'origin', p_origin, 'verdict', 'confirm', 'reasons', found -> 'reasons', 'inputs_sha256', inputs,
    'policy_sha256', snapshot.sha256, 'confirmation', token.id)));
  return found - 'tool' || jsonb_build_object('confirmation', token.id, 'expires_at', token.expires_at,
                                              'arguments', arguments, 'terms', terms);
end $$;
CREATE FUNCTION private.publish_blueprint(p_blueprint uuid) RETURNS public.blueprints
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprints := private.blueprint_for(p_blueprint);
begin
  if not exists (select from public.event_versions v where v.event_id = own.event_id) then
    perform private.fail(409, 'blueprints.not_published', jsonb_build_object('blueprint_id', own.id));
  end if;
  update public.blueprints set status = 'published', updated_at = now(), updated_by = auth.uid()
  where id = own.id returning * into own;
  perform private.record_fact('blueprint.published', jsonb_build_object('blueprint_id', own.id), own.organization_id, own.event_id);
  return own;
end $$;
CREATE FUNCTION private.publish_draft(p_draft uuid, p_revision integer, p_carry text, p_renames jsonb) RETURNS public.event_versions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.publish_version(p_event uuid, p_number integer, p_canonical text, p_source text, p_sha256 text, p_message text) RETURNS public.event_versions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.read_approval_policy(p_organization uuid) RETURNS public.approval_policies
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.demand(p_organization, 'view_config', 'identity.no_such_organization');
  return private.approval_policy(p_organization);
end $$;
CREATE FUNCTION private.recall_draft(p_draft uuid) RETURNS public.drafts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.recall_visitor(p_visitor text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $_$
declare
  own public.sessions;
  visitor bytea := sha256(convert_to(p_visitor, 'UTF8'));
  kept public.buyer_memories;
begin
  if p_visitor is null or p_visitor !~ '^[A-Za-z0-9_-]{22,100}$' then perform private.fail(422, 'discovery.weak_visitor'); end if;
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  insert into public.buyer_memories as memory (event_id, visitor_sha256, organization_id, wishes, updated_at, expires_at)
  values (own.event_id, visitor, own.organization_id, case when own.turn_count > 0 then own.state else '{}' end,
          own.last_seen_at, now() + interval '180 days')
  on conflict (event_id, visitor_sha256) do update set expires_at = excluded.expires_at,
    wishes = case when excluded.wishes <> '{}' or memory.expires_at <= now() then excluded.wishes else memory.wishes end,
    updated_at = case when excluded.wishes <> '{}' or memory.expires_at <= now() then excluded.updated_at else memory.updated_at end
  returning * into kept;
  update public.sessions set visitor_sha256 = visitor where id = own.id;
  if own.turn_count > 0 or kept.wishes = '{}' then return null; end if;
  return jsonb_build_object('wishes', kept.wishes, 'as_of', kept.updated_at);
end $_$;
CREATE TABLE public.receipts (
    session_id uuid NOT NULL,
    n integer NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    version_id uuid NOT NULL,
    turn integer NOT NULL,
    verb text NOT NULL,
    origin text NOT NULL,
    verdict text NOT NULL,
    reasons text[] NOT NULL,
    inputs_sha256 text NOT NULL,
    policy_sha256 text DEFAULT ''::text NOT NULL,
    confirmation uuid,
    previous text NOT NULL,
    sha256 text NOT NULL,
    CONSTRAINT receipts_inputs_sha256_check CHECK ((inputs_sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT receipts_n_check CHECK ((n > 0)),
    CONSTRAINT receipts_origin_check CHECK ((origin = ANY (ARRAY['buyer'::text, 'guide'::text, 'job'::text]))),
    CONSTRAINT receipts_reasons_check CHECK (((array_to_string(reasons, ','::text) ~ '^[a-z0-9_.,:-]*$'::text) AND (cardinality(reasons) <= 30) AND (COALESCE(array_length(string_to_array(array_to_string(reasons, ','::text), ','::text), 1), 0) = cardinality(reasons)))),
    CONSTRAINT receipts_verb_check CHECK ((verb ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT receipts_verdict_check CHECK ((verdict = ANY (ARRAY['allow'::text, 'confirm'::text, 'deny'::text])))
);
CREATE FUNCTION private.receipt_sha256(r public.receipts) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select encode(sha256(convert_to(array_to_string(array[
    r.previous, r.session_id::text, r.n::text, (extract(epoch from r.created_at) * 1000000)::bigint::text, r.event_id::text,
    r.organization_id::text, r.version_id::text, r.turn::text, r.verb, r.origin, r.verdict, array_to_string(r.reasons, ','),
    r.inputs_sha256, r.policy_sha256, coalesce(r.confirmation::text, '')], E'\n'), 'UTF8')), 'hex')
$$;
CREATE FUNCTION private.record_action(p_action text, p_listing bigint DEFAULT NULL::bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare own public.sessions;
begin
  select * into own from public.sessions s where s.id = private.session_id();
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  if p_action not in ('detail_opened', 'compared', 'call_requested', 'info_requested') then
    perform private.fail(422, 'discovery.unknown_action', jsonb_build_object('action', p_action));
  end if;
  if p_listing is not null and not exists (
    select from public.listings l where l.id = p_listing and l.event_id = own.event_id and l.listed) then
    perform private.fail(404, 'catalogue.no_such_listing', jsonb_build_object('listing_id', p_listing));
  end if;
  perform private.record_fact('action.chosen', jsonb_build_object('action', p_action, 'listing_id', p_listing),
                              own.organization_id, own.event_id, own.id);
end $$;
CREATE FUNCTION private.record_block(p_verb text, p_arguments jsonb, p_origin text, p_reasons text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions;
begin
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null or (
    select count(*) from public.receipts r where r.session_id = own.id and r.n > own.receipt_count - 200 and r.verdict = 'deny'
      and r.created_at > clock_timestamp() - interval '1 minute') >= 60 then
    return;
  end if;
  perform private.append_receipts(own.id, jsonb_build_array(jsonb_build_object(
    'verb', case when private.verb_kind(p_verb) is null then 'unknown' else p_verb end,
    'origin', case when p_origin in ('guide', 'job') then p_origin else 'buyer' end, 'verdict', 'deny',
    'reasons', (select coalesce(jsonb_agg(left(regexp_replace(lower(r), '[^a-z0-9_.:-]', '_', 'g'), 80)), '[]')
                from unnest(p_reasons[1:10]) r),
    'inputs_sha256', private.inputs_sha256(coalesce(p_verb, ''), jsonb_strip_nulls(coalesce(p_arguments, '{}'))),
    'policy_sha256', (select p.sha256 from public.policy_snapshots p where p.session_id = own.id order by p.number desc limit 1))));
  perform private.note_blocks(own.event_id);
end $$;
CREATE FUNCTION private.record_exchanges(own public.sessions, p_turn bigint, p_exchanges jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  asked int;
  came_in bigint;
  went_out bigint;
begin
  insert into public.model_exchanges (turn_id, session_id, event_id, organization_id, position, purpose, provider, model, outcome,
                                      sealed, provenance, input_tokens, output_tokens, took_ms)
  select p_turn, own.id, own.event_id, own.organization_id, x.position, x.purpose, x.provider, x.model, x.outcome, x.sealed,
         coalesce(x.provenance, '[]'), coalesce(x.input_tokens, 0), coalesce(x.output_tokens, 0), x.took_ms
  from jsonb_to_recordset(p_exchanges)
    as x(position int, purpose text, provider text, model text, outcome text, sealed text, provenance jsonb, input_tokens int,
         output_tokens int, took_ms real);
  select count(*), coalesce(sum((x ->> 'input_tokens')::int), 0), coalesce(sum((x ->> 'output_tokens')::int), 0)
  into asked, came_in, went_out from jsonb_array_elements(p_exchanges) x;
  if asked > 0 then
    insert into public.model_spend as spend (event_id, day, organization_id, exchanges, input_tokens, output_tokens)
    values (own.event_id, (now() at time zone 'utc')::date, own.organization_id, asked, came_in, went_out)
    on conflict (event_id, day) do update set exchanges = spend.exchanges + excluded.exchanges,
      input_tokens = spend.input_tokens + excluded.input_tokens, output_tokens = spend.output_tokens + excluded.output_tokens;
  end if;
  return came_in + went_out;
end $$;
CREATE FUNCTION private.record_exposure(p_experiment text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare own public.sessions;
begin
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  if own.arms ->> p_experiment is null or exists (
    select from public.journal j where j.session_id = own.id and j.kind = 'experiment.exposed'
      and j.facts ->> 'experiment' = p_experiment) then
    return;
  end if;
  perform private.record_fact('experiment.exposed',
    jsonb_build_object('experiment', p_experiment, 'arm', own.arms ->> p_experiment),
    own.organization_id, own.event_id, own.id);
end $$;
CREATE FUNCTION private.record_fact(p_kind text, p_facts jsonb DEFAULT '{}'::jsonb, p_organization uuid DEFAULT NULL::uuid, p_event uuid DEFAULT NULL::uuid, p_session uuid DEFAULT NULL::uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  insert into public.journal (kind, facts, organization_id, event_id, session_id, actor_kind, actor_id)
  values (p_kind, p_facts, p_organization, p_event, coalesce(p_session, private.session_id()),
          case when auth.uid() is not null then 'user' when private.session_id() is not null then 'buyer'
               when current_setting('role', true) in ('anon', 'authenticated') then 'anonymous' else 'system' end,
          auth.uid())
$$;
CREATE FUNCTION private.record_receipt(p_verb text, p_origin text, p_verdict text, p_reasons text[], p_inputs_sha256 text) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select private.record_receipts(jsonb_build_array(jsonb_build_object('verb', p_verb, 'origin', p_origin, 'verdict', p_verdict,
                                 'reasons', p_reasons, 'inputs_sha256', p_inputs_sha256)))
$$;
CREATE FUNCTION private.record_receipts(p_entries jsonb) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions := private.lock_session();
  sha text := (select p.sha256 from public.policy_snapshots p where p.session_id = own.id order by p.number desc limit 1);
begin
  if jsonb_typeof(p_entries) is distinct from 'array' or jsonb_array_length(p_entries) > 50
     or exists (select from jsonb_array_elements(p_entries) e where private.verb_kind(e.value ->> 'verb') in ('act', 'open')
                and e.value ->> 'verdict' = 'allow') then
    perform private.fail(422, 'policy.wrong_arguments', jsonb_build_object('verb', 'receipts', 'expected', array['read-only decisions']));
  end if;
  return private.append_receipts(own.id, coalesce((select jsonb_agg(e.value - 'confirmation' || jsonb_build_object('policy_sha256', sha)
                                 order by e.n) from jsonb_array_elements(p_entries) with ordinality e (value, n)), '[]'));
end $$;
CREATE FUNCTION private.record_refusal(p_listing bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare own public.sessions;
begin
  select * into own from public.sessions s where s.id = private.session_id();
  if own.id is null or not exists (
    select from public.listings l where l.id = p_listing and l.event_id = own.event_id) then
    return;
  end if;
  perform private.record_fact('hold.refused', jsonb_build_object('listing_id', p_listing),
                              own.organization_id, own.event_id, own.id);
end $$;
CREATE FUNCTION private.record_survey(p_answers jsonb, p_nps integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare own public.sessions := private.lock_session();
begin
  if exists (select from public.survey_answers a where a.session_id = own.id) then return false; end if;
  perform private.guard('survey', jsonb_build_object('details', p_answers));
  insert into public.survey_answers (session_id, event_id, organization_id, answers, nps)
  values (own.id, own.event_id, own.organization_id, p_answers, p_nps);
  perform private.record_fact('survey.answered', jsonb_build_object('nps', p_nps), own.organization_id, own.event_id, own.id);
  return true;
end $$;
CREATE FUNCTION private.record_turn(p_turn jsonb) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions;
  turn_id bigint;
  number int := (p_turn ->> 'number')::int;
  is_matched boolean := coalesce((p_turn ->> 'matched')::boolean, false);
  tokens int := 0;
begin
  select * into own from public.sessions s where s.id = private.session_id() for update;
  if own.id is null then perform private.fail(404, 'discovery.no_such_session'); end if;
  if own.turn_count + 1 <> number then
    perform private.fail(409, 'discovery.turn_taken', jsonb_build_object('number', number));
  end if;
  insert into public.turns (session_id, event_id, organization_id, number, message, sealed_message, reply, understanding, tiles,
                            answer, idempotency_key, took_ms)
  values (own.id, own.event_id, own.organization_id, number, p_turn ->> 'message', p_turn ->> 'sealed_message', p_turn ->> 'reply',
          p_turn -> 'understanding', p_turn -> 'tiles', p_turn -> 'answer', p_turn ->> 'key', (p_turn ->> 'took_ms')::real)
  returning id into turn_id;
  insert into public.turn_records (turn_id, session_id, event_id, organization_id, number, stance, record)
  values (turn_id, own.id, own.event_id, own.organization_id, number, coalesce(p_turn ->> 'stance', 'answer_safely'),
          coalesce(p_turn -> 'record', '{}'));
  if p_turn ? 'tools' then
    insert into public.tool_calls (turn_id, session_id, event_id, organization_id, position, tool, verb, origin, outcome, arguments,
                                   reasons, took_ms)
    select turn_id, own.id, own.event_id, own.organization_id, c.position, c.tool, c.verb, c.origin, c.outcome,
           coalesce(c.arguments, '{}'), coalesce(c.reasons, '[]'), c.took_ms
    from jsonb_to_recordset(p_turn -> 'tools')
      as c(position int, tool text, verb text, origin text, outcome text, arguments jsonb, reasons jsonb, took_ms real);
  end if;
  if p_turn ? 'exchanges' then tokens := private.record_exchanges(own, turn_id, p_turn -> 'exchanges'); end if;
  update public.sessions set state = p_turn -> 'state', turn_count = number, last_seen_at = now(),
    spent_tokens = spent_tokens + tokens, first_match_at = coalesce(first_match_at, case when is_matched then now() end)
  where id = own.id;
  if own.visitor_sha256 is not null then
    update public.buyer_memories m set wishes = p_turn -> 'state', updated_at = now(), expires_at = now() + interval '180 days'
    where m.event_id = own.event_id and m.visitor_sha256 = own.visitor_sha256;
  end if;
  if is_matched and own.first_match_at is null then
    perform private.record_fact('turn.first_match', jsonb_build_object('turn', number), own.organization_id, own.event_id, own.id);
  end if;
  return turn_id;
end $$;
CREATE FUNCTION private.refresh_policy(p_policy jsonb, p_facts jsonb, p_reason text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions := private.lock_session();
  kept public.policy_snapshots;
begin
  perform private.demand_pace(own, 'policy', 'allow');
  kept := private.keep_snapshot(own, p_policy, p_facts, p_reason);
  perform private.record_fact('policy.refreshed', jsonb_build_object('number', kept.number, 'profile', kept.profile, 'reason', p_reason),
                              own.organization_id, own.event_id, own.id);
  return kept.number;
end $$;
CREATE FUNCTION private.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform private.fail(409, 'core.immutable', jsonb_build_object('table', tg_table_name, 'operation', tg_op));
  return null;
end $$;
CREATE FUNCTION private.refuse_draft_again() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform private.fail(409, 'events.published_already', jsonb_build_object('slug', old.slug));
  return null;
end $$;
CREATE FUNCTION private.refuse_over(draft public.drafts) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  if draft.status in ('published', 'discarded') then
    perform private.fail(409, 'events.draft_over', jsonb_build_object('draft_id', draft.id, 'status', draft.status));
  elsif draft.expires_at <= now() then
    perform private.fail(410, 'events.draft_expired', jsonb_build_object('draft_id', draft.id, 'expired_at', draft.expires_at));
  end if;
end $$;
CREATE FUNCTION private.refuse_risk(p_risk text, own jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  if private.risk_rank(p_risk) > private.risk_rank(own ->> 'max_risk_level') then
    perform private.fail(403, 'events.above_your_risk', jsonb_build_object('risk', p_risk, 'max_risk_level', own -> 'max_risk_level'));
  end if;
end $$;
CREATE TABLE public.listing_units (
    listing_id bigint NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    state text DEFAULT 'available'::text NOT NULL,
    hold_id uuid,
    held_until timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT listing_units_check CHECK (((state = 'held'::text) = ((hold_id IS NOT NULL) AND (held_until IS NOT NULL)))),
    CONSTRAINT listing_units_state_check CHECK ((state = ANY (ARRAY['available'::text, 'held'::text, 'sold'::text])))
)
WITH (fillfactor='70');
CREATE FUNCTION private.refuse_taken(unit public.listing_units, p_session uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if unit.state = 'sold' then
    perform private.fail(409, 'transactions.sold', jsonb_build_object('listing_id', unit.listing_id));
  elsif unit.state = 'held' and unit.held_until > clock_timestamp() then
    perform private.fail(409, 'transactions.already_held', jsonb_build_object(
      'listing_id', unit.listing_id, 'held_until', unit.held_until,
      'yours', exists (select from public.holds h where h.id = unit.hold_id and h.session_id = p_session)));
  end if;
end $$;
CREATE FUNCTION private.refuse_unapproved(needs jsonb, given integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform private.fail(409, 'events.needs_approval', jsonb_build_object('risk', needs -> 'risk', 'needed', needs -> 'needed',
    'needs_admin', needs -> 'needs_admin', 'given', given, 'reasons', needs -> 'reasons',
    'objections', coalesce(needs -> 'objections', '[]')));
end $$;
CREATE FUNCTION private.refuse_while_kept() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  -- it goes with its conversation, and not before
  if tg_op = 'DELETE' and not exists (select from public.sessions s where s.id = old.session_id) then return old; end if;
  if tg_op = 'UPDATE' and tg_table_name = 'policy_snapshots' and private.acts_as_system()
     and to_jsonb(new) - 'sealed_facts' = to_jsonb(old) - 'sealed_facts'
     and (new.sealed_facts is null) = (old.sealed_facts is null) then
    return new;
  end if;
  perform private.fail(409, 'core.immutable', jsonb_build_object('table', tg_table_name, 'operation', tg_op));
  return null;
end $$;
CREATE FUNCTION private.rehearse_holds(p_sandbox uuid, p_listing bigint, p_buyers integer) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sandboxes;
  version public.event_versions;
  hold public.holds;
  again public.holds;
  buyer uuid;
  buyers uuid[] := '{}';
  tries jsonb := '[]';
  report jsonb;
begin
  select * into own from public.sandboxes s where s.id = p_sandbox;
  begin
    insert into public.event_versions (event_id, organization_id, number, document, canonical, source, sha256, message)
    values (own.event_id, own.organization_id,
            1 + coalesce((select max(v.number) from public.event_versions v where v.event_id = own.event_id), 0),
            own.canonical::jsonb, own.canonical, own.source, own.sha256, 'rehearsal') returning * into version;
    update public.events set opens_at = null, closes_at = null, status = 'live' where id = own.event_id;
    for at in 1 .. least(greatest(p_buyers, 2), 50) loop
      insert into public.sessions (event_id, organization_id, version_id)
      values (own.event_id, own.organization_id, version.id) returning id into buyer;
      buyers := buyers || buyer;
      perform set_config('request.jwt.claims', jsonb_build_object('role', 'anon', 'session_id', buyer, 'event_id', own.event_id)::text, true);
      begin
        hold := private.rehearsed_hold(p_listing, 'rehearsal');
        tries := tries || jsonb_build_object('buyer', at, 'got_it', true, 'until', hold.expires_at);
        again := private.rehearsed_hold(p_listing, 'rehearsal');
        report := coalesce(report, '{}') || jsonb_build_object('winner', at, 'hold_seconds',
          extract(epoch from hold.expires_at - hold.placed_at)::int, 'deposit_required', hold.deposit_required,
          'asking_twice_gives_the_same', again.id = hold.id);
      exception when others then
        tries := tries || jsonb_build_object('buyer', at, 'got_it', false, 'code', sqlerrm);
      end;
    end loop;
    if report is not null then
      -- the clock is turned, nothing is swept: whoever comes next takes over what has run out
      update public.holds set placed_at = placed_at - interval '30 days', expires_at = clock_timestamp() - interval '1 second'
      where listing_id = p_listing and status = 'active';
      update public.listing_units set held_until = clock_timestamp() - interval '1 second' where listing_id = p_listing;
      perform set_config('request.jwt.claims', jsonb_build_object('role', 'anon', 'session_id', buyers[array_length(buyers, 1)],
                         'event_id', own.event_id)::text, true);
      begin
        hold := private.rehearsed_hold(p_listing, 'rehearsal after the clock');
        report := report || jsonb_build_object('free_again_after_the_clock', hold.id is not null);
      exception when others then
        report := report || jsonb_build_object('free_again_after_the_clock', false, 'code', sqlerrm);
      end;
    end if;
    raise exception using errcode = 'MX000', message = 'undo';
  exception when sqlstate 'MX000' then
    null;
  end;
  report := coalesce(report, '{}') || jsonb_build_object('tries', tries, 'winners',
    (select count(*) from jsonb_array_elements(tries) t where (t ->> 'got_it')::boolean));
  update public.sandboxes set rehearsal = report where id = own.id;
  return report;
end $$;
CREATE FUNCTION private.rehearsed_hold(p_listing bigint, p_key text) RETURNS public.holds
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions := private.lock_session();
begin
  if not exists (select from public.policy_snapshots p where p.session_id = own.id) then
    perform private.keep_snapshot(own, '{"autonomy": "strict", "compliance": "strict", "tools": [
      {"name": "hold", "verb": "hold", "is_mutating": true, "confirm": true, "idempotent": true}]}', null, 'rehearsal');
  end if;
  if exists (select from public.holds h where h.session_id = own.id and h.idempotency_key = p_key) then
    return private.place_hold(p_listing, p_key);
  end if;
  return private.place_hold(p_listing, p_key, (private.prepare_action('hold',
    jsonb_build_object('listing_id', p_listing)) ->> 'confirmation')::uuid);
end $$;
CREATE FUNCTION private.release_hold(p_hold uuid, p_confirmation uuid DEFAULT NULL::uuid, p_origin text DEFAULT 'buyer'::text) RETURNS public.holds
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  hold public.holds;
  is_own boolean;
  may_release boolean;
begin
  select * into hold from public.holds h where h.id = p_hold;
  is_own := hold.session_id = private.session_id();
  may_release := is_own or hold.organization_id in (select private.organizations_of_actor('admin', 'operator'));
  if hold.id is null or not coalesce(may_release, false) then
    perform private.fail(404, 'transactions.no_such_hold');
  end if;
  if hold.status <> 'active' then return hold; end if;  -- already over: giving it back twice is no error
  if is_own then
    perform private.guard('release', jsonb_build_object('hold_id', p_hold), p_confirmation, p_origin);
  end if;
  perform 1 from public.listing_units u where u.listing_id = hold.listing_id for update;
  update public.holds set status = 'released', ended_at = clock_timestamp()
  where id = p_hold and status = 'active' returning * into hold;
  if not found then  -- over meanwhile
    select * into hold from public.holds h where h.id = p_hold;
    return hold;
  end if;
  update public.listing_units set state = 'available', hold_id = null, held_until = null, version = version + 1
  where listing_id = hold.listing_id and hold_id = p_hold;
  perform private.record_fact('hold.released', jsonb_build_object('hold_id', hold.id, 'listing_id', hold.listing_id),
                              hold.organization_id, hold.event_id, hold.session_id);
  return hold;
end $$;
CREATE TABLE public.remembered_columns (
    organization_id uuid NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    header text NOT NULL,
    targets text[] DEFAULT '{}'::text[] NOT NULL,
    reason text,
    entry jsonb DEFAULT '{}'::jsonb NOT NULL,
    said text DEFAULT ''::text NOT NULL,
    times integer DEFAULT 1 NOT NULL,
    confirmed_by uuid,
    confirmed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT remembered_columns_check CHECK (((cardinality(targets) = 0) OR (reason IS NULL))),
    CONSTRAINT remembered_columns_header_check CHECK (((length(header) >= 1) AND (length(header) <= 300))),
    CONSTRAINT remembered_columns_reason_check CHECK ((reason = ANY (ARRAY['internal'::text, 'personal'::text, 'counter'::text, 'empty'::text, 'duplicate'::text, 'unused'::text]))),
    CONSTRAINT remembered_columns_said_check CHECK ((length(said) <= 2000)),
    CONSTRAINT remembered_columns_source_check CHECK ((length(source) <= 200))
);
CREATE FUNCTION private.remember_column(p_organization uuid, p_source text, p_header text, p_targets text[], p_reason text, p_entry jsonb, p_said text) RETURNS public.remembered_columns
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  kept public.remembered_columns;
begin
  perform private.demand(p_organization, 'edit_document', 'identity.no_such_organization');
  insert into public.remembered_columns (organization_id, source, header, targets, reason, entry, said, confirmed_by)
  values (p_organization, coalesce(p_source, ''), p_header, p_targets, p_reason, coalesce(p_entry, '{}'), coalesce(p_said, ''), auth.uid())
  on conflict (organization_id, source, header) do update set
    times = case when remembered_columns.targets = excluded.targets
                  and remembered_columns.reason is not distinct from excluded.reason then remembered_columns.times + 1 else 1 end,
    targets = excluded.targets, reason = excluded.reason, entry = excluded.entry, said = excluded.said,
    confirmed_by = excluded.confirmed_by, confirmed_at = now()
  returning * into kept;
  return kept;
end $$;
CREATE FUNCTION private.remove_draft_event(p_event uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  delete from public.events e where e.id = p_event and e.status = 'draft'
    and not exists (select from public.event_versions v where v.event_id = e.id);
  if not found then return false; end if;
  execute format('drop table if exists private.%I', 'listing_scan_' || replace(p_event::text, '-', ''));
  return true;
end $$;
CREATE FUNCTION private.request_import(p_event uuid, p_blueprint uuid, p_file uuid, p_connector uuid, p_source text, p_mapping jsonb) RETURNS public.imports
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  event public.events := private.demand_inventory(p_event);
  ticket public.imports;
begin
  if p_blueprint is not null and not exists (
       select from public.blueprints b where b.id = p_blueprint and b.organization_id = event.organization_id)
     or p_file is not null and not exists (
       select from public.blueprint_files f where f.id = p_file and f.organization_id = event.organization_id)
     or p_connector is not null and not exists (
       select from public.connectors c where c.id = p_connector and c.organization_id = event.organization_id) then
    perform private.fail(404, 'blueprints.no_such_file');
  end if;
  insert into public.imports (organization_id, event_id, blueprint_id, file_id, connector_id, source, mapping, requested_by)
  values (event.organization_id, event.id, p_blueprint, p_file, p_connector, p_source, p_mapping, auth.uid())
  returning * into ticket;
  perform private.record_fact('import.requested', jsonb_build_object('import_id', ticket.id, 'source', p_source),
                              event.organization_id, event.id);
  return ticket;
end $$;
CREATE FUNCTION private.require_event_access(p_event uuid) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if coalesce(current_setting('role', true), 'none') not in ('anon', 'authenticated', 'service_role') then return; end if;
  if private.session_event_id() = p_event and exists (
    select from public.sessions s where s.id = private.session_id() and s.event_id = p_event) then return; end if;
  if exists (select from public.events e where e.id = p_event
             and e.organization_id in (select private.organizations_of_actor())) then return; end if;
  perform private.fail(404, 'events.not_found');
end $$;
CREATE FUNCTION private.reseal(p_kind text, p_key text, p_before text, p_after text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if not private.acts_as_system() then perform private.fail(403, 'core.not_allowed'); end if;
  case p_kind
    when 'credentials' then
      update private.connector_secrets s set sealed = p_after where s.connector_id = p_key::uuid and s.sealed = p_before;
    when 'facts' then
      update public.policy_snapshots p set sealed_facts = convert_to(p_after, 'UTF8')
      where p.session_id = split_part(p_key, ' ', 1)::uuid and p.number = split_part(p_key, ' ', 2)::int
        and p.sealed_facts = convert_to(p_before, 'UTF8');
    when 'message' then
      update public.turns t set sealed_message = p_after where t.id = p_key::bigint and t.sealed_message = p_before;
    when 'exchange' then
      update public.model_exchanges x set sealed = p_after where x.id = p_key::bigint and x.sealed = p_before;
  end case;
  return found;
end $$;
CREATE FUNCTION private.restore_version(event public.events, target public.event_versions, p_kind text, p_reason text, p_carry text) RETURNS public.event_versions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  restored public.event_versions;
begin
  insert into public.event_versions (event_id, organization_id, number, document, canonical, source, sha256, message, author_id,
                                     kind, restores, reason, carry)
  values (event.id, event.organization_id,
          1 + coalesce((select max(v.number) from public.event_versions v where v.event_id = event.id), 0),
          target.document, target.canonical, target.source, target.sha256,
          left('Back to version ' || target.number || ': ' || p_reason, 500), auth.uid(), p_kind, target.id, left(p_reason, 500), p_carry)
  returning * into restored;
  return restored;
end $$;
CREATE FUNCTION private.review_draft(p_draft uuid, p_revision integer, p_verdict text, p_reason text) RETURNS public.drafts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.risk_of(p_before jsonb, p_after jsonb, p_baseline jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  with changed as (
    select c.pattern, coalesce(r.risk, 'high') as risk, coalesce(r.reload, 'pinned') as reload,
           coalesce(r.permission, 'edit_document') as permission,
           coalesce(private.lever_allows(
             r.lever, coalesce(coalesce(p_baseline, p_before) #> c.pattern, private.standard_document() #> c.pattern),
             coalesce(p_after #> c.pattern, private.standard_document() #> c.pattern)), false) as is_lever
    from private.changed_patterns(p_before, p_after) c
    left join lateral (
      select p.* from private.path_rules p
      where p.pattern = c.pattern[1:cardinality(p.pattern)] order by cardinality(p.pattern) desc limit 1
    ) r on true
  )
  select jsonb_build_object(
    'risk', coalesce((array['low', 'medium', 'high'])[max(array_position(array['low', 'medium', 'high'], risk))], 'none'),
    'reloads', coalesce(jsonb_agg(distinct reload), '[]'),
    'permissions', coalesce(jsonb_agg(distinct permission), '[]'),
    'levers_only', coalesce(bool_and(is_lever), true),
    'outside', coalesce(jsonb_agg(array_to_string(pattern, '.')) filter (where not is_lever), '[]'),
    'patterns', coalesce(jsonb_agg(array_to_string(pattern, '.') order by pattern), '[]'))
  from changed
$$;
CREATE FUNCTION private.risk_rank(p_risk text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$ select array_position(array['none', 'low', 'medium', 'high'], p_risk) $$;
CREATE FUNCTION private.role_preset(p_role text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.roll_back(p_event uuid, p_current uuid, p_target integer, p_reason text, p_carry text) RETURNS public.event_versions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  event public.events;
  target public.event_versions;
  stops jsonb;
begin
  select * into event from public.events e where e.id = p_event for no key update;
  perform private.demand(event.organization_id, 'rollback_versions');
  if event.current_version_id is distinct from p_current then
    perform private.fail(409, 'events.version_taken', jsonb_build_object('current', event.current_version_id));
  elsif length(trim(coalesce(p_reason, ''))) = 0 then
    perform private.fail(422, 'events.reason_needed', jsonb_build_object('verdict', 'rollback'));
  end if;
  select * into target from public.event_versions v where v.event_id = event.id and v.number = p_target;
  if target.id is null then
    perform private.fail(404, 'events.no_such_version', jsonb_build_object('number', p_target));
  elsif exists (select from public.event_versions v where v.id = p_current and v.sha256 = target.sha256) then
    perform private.fail(409, 'events.nothing_changed', jsonb_build_object('number', p_target));
  end if;
  stops := private.stops_ended((select v.document from public.event_versions v where v.id = p_current), target.document);
  if stops <> '[]' then
    perform private.fail(409, 'events.stops_on', jsonb_build_object('stops', stops));
  end if;
  return private.restore_version(event, target, 'rollback', p_reason, p_carry);
end $$;
CREATE FUNCTION private.save_draft(p_draft uuid, p_event uuid, p_revision integer, p_base uuid, p_title text, p_source text, p_canonical text, p_sha256 text, p_origin text, p_branch uuid, p_branch_number integer DEFAULT NULL::integer) RETURNS public.drafts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.seal_connector(p_connector uuid, p_sealed text) RETURNS public.connectors
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.connectors := private.connector_for(p_connector);
begin
  delete from private.connector_secrets s where s.connector_id = own.id;
  insert into private.connector_secrets (connector_id, sealed) select own.id, p_sealed where p_sealed is not null;
  update public.connectors set has_secret = p_sealed is not null, updated_at = now() where id = own.id returning * into own;
  perform private.record_fact('connector.sealed', jsonb_build_object('connector_id', own.id, 'has_secret', own.has_secret),
                              own.organization_id, own.event_id);
  return own;
end $$;
CREATE FUNCTION private.seal_receipts(p_most integer DEFAULT 1000) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  organization uuid;
  last public.receipt_anchors;
  a public.receipt_anchors;
  sealed int := 0;
begin
  if not private.acts_as_system() then perform private.fail(403, 'core.not_allowed'); end if;
  perform pg_advisory_xact_lock(hashtext('private.seal_receipts'));
  for organization in select o.id from public.organizations o order by o.id loop
    select * into last from public.receipt_anchors x where x.organization_id = organization order by x.n desc limit 1;
    a := null;
    select jsonb_object_agg(g.session_id, jsonb_build_array(g.n, r.sha256)), max(g.until) into a.heads, a.sealed_until
    from (select r.session_id, max(r.n) as n, max(r.created_at) as until from public.receipts r
          where r.organization_id = organization
            and r.created_at > coalesce(last.sealed_until - interval '10 minutes', '-infinity')
          group by r.session_id
          having not exists (
            select from public.receipt_anchors x where x.organization_id = organization
              and x.created_at > coalesce(last.sealed_until - interval '20 minutes', '-infinity')
              and (x.heads -> r.session_id::text ->> 0)::int = max(r.n))
          order by max(r.created_at) limit p_most) g
    join public.receipts r on r.session_id = g.session_id and r.n = g.n;
    continue when a.heads is null;
    a.organization_id := organization;
    a.n := coalesce(last.n, 0) + 1;
    a.created_at := clock_timestamp();
    a.previous := coalesce(last.sha256, repeat('0', 64));
    a.sha256 := private.anchor_sha256(a);
    insert into public.receipt_anchors values (a.*);
    update public.organizations set seal_count = a.n, seal_head = a.sha256 where id = organization;
    sealed := sealed + 1;
  end loop;
  return sealed;
end $$;
CREATE FUNCTION private.search_listings(p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text, p_limit integer DEFAULT 24) RETURNS TABLE(listing_id bigint, score double precision, individual double precision, spec double precision, scarcity double precision, social double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    SET jit TO 'off'
    AS $$
  select f.ids[n], f.parts[4 * n - 3] + f.parts[4 * n - 2] + f.parts[4 * n - 1] + f.parts[4 * n],
         f.parts[4 * n - 3], f.parts[4 * n - 2], f.parts[4 * n - 1], f.parts[4 * n]
  from private.find_listings(p_event, p_filters, p_wishes, p_weights, p_embedding, p_model, p_text, p_limit) f
  cross join lateral generate_series(1, cardinality(f.ids)) n order by n
$$;
CREATE FUNCTION private.see_sandbox(p_sandbox uuid) RETURNS public.sandboxes
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  found public.sandboxes;
begin
  select * into found from public.sandboxes s where s.id = p_sandbox;
  perform private.demand(found.organization_id, 'view_config', 'blueprints.no_sandbox');
  if found.id is null then perform private.fail(404, 'blueprints.no_sandbox'); end if;
  if found.expires_at < now() then perform private.fail(410, 'blueprints.sandbox_over'); end if;
  update public.sandboxes set seen_at = coalesce(seen_at, now()) where id = found.id returning * into found;
  return found;
end $$;
CREATE FUNCTION private.served_heads() RETURNS TABLE(event_id uuid, version_id uuid, status text, catalogue_revision bigint, flags_revision bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select e.id, e.current_version_id, e.status, e.catalogue_revision, o.flags_revision
  from public.events e join public.organizations o on o.id = e.organization_id where e.status in ('live', 'paused')
$$;
CREATE FUNCTION private.served_versions(p_event uuid DEFAULT NULL::uuid) RETURNS TABLE(event_id uuid, organization_id uuid, slug text, status text, catalogue_revision bigint, flags_revision bigint, organization_flags jsonb, version_id uuid, number integer, sha256 text, created_at timestamp with time zone, document jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select e.id, e.organization_id, e.slug, e.status, e.catalogue_revision, o.flags_revision, private.flags_of(o.id),
         v.id, v.number, v.sha256, v.created_at, v.document
  from public.events e
  join public.event_versions v on v.id = e.current_version_id
  join public.organizations o on o.id = e.organization_id
  where e.status in ('live', 'paused') and (p_event is null or e.id = p_event)
$$;
CREATE FUNCTION private.session_event_id() RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$ select private.claim('event_id')::uuid $$;
CREATE FUNCTION private.session_id() RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$ select private.claim('session_id')::uuid $$;
CREATE FUNCTION private.set_approval_policy(p_organization uuid, p_policy jsonb) RETURNS public.approval_policies
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  before public.approval_policies := private.approval_policy(p_organization);
  after public.approval_policies;
begin
  perform private.demand(p_organization, 'manage_permissions', 'identity.no_such_organization');
  after := jsonb_populate_record(before, p_policy - array['organization_id', 'updated_by', 'updated_at']);
  -- fewer eyes than before: for an admin who may decide on everything
  if (after.low < before.low or after.medium < before.medium or after.high < before.high
      or (before.high_needs_admin and not after.high_needs_admin)
      or after.escalate_conversations > before.escalate_conversations or after.escalate_holds > before.escalate_holds)
     and not private.acts_as_system()
     and not exists (select from public.members m where m.organization_id = p_organization and m.user_id = auth.uid() and m.role = 'admin'
                     and private.permissions_of(m.role::text, m.permissions) ->> 'max_risk_level' = 'high') then
    perform private.fail(403, 'identity.above_yourself');
  end if;
  insert into public.approval_policies
  values (p_organization, after.low, after.medium, after.high, after.high_needs_admin, after.escalate_conversations,
          after.escalate_holds, after.draft_days, auth.uid(), now())
  on conflict (organization_id) do update set
    low = excluded.low, medium = excluded.medium, high = excluded.high, high_needs_admin = excluded.high_needs_admin,
    escalate_conversations = excluded.escalate_conversations, escalate_holds = excluded.escalate_holds,
    draft_days = excluded.draft_days, updated_by = excluded.updated_by, updated_at = excluded.updated_at
  returning * into after;
  perform private.record_fact('approval_policy.changed',
    jsonb_build_object('before', to_jsonb(before), 'after', to_jsonb(after)), p_organization);
  return after;
end $$;
CREATE TABLE public.organization_flags (
    organization_id uuid NOT NULL,
    name text NOT NULL,
    is_on boolean NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    updated_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT organization_flags_name_check CHECK ((name ~ '^[a-z][a-z0-9_]{0,59}$'::text)),
    CONSTRAINT organization_flags_note_check CHECK ((length(note) <= 500))
);
CREATE FUNCTION private.set_flag(p_organization uuid, p_name text, p_is_on boolean, p_note text) RETURNS public.organization_flags
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  flag public.organization_flags;
  event record;
  is_switch boolean := p_name in ('ai_off', 'mutating_tools_off', 'force_strict');
begin
  perform private.demand(p_organization, 'move_levers', 'identity.no_such_organization');
  delete from public.organization_flags f where f.organization_id = p_organization and f.name = p_name and p_is_on is null;
  insert into public.organization_flags (organization_id, name, is_on, note, updated_by)
  select p_organization, p_name, p_is_on, coalesce(p_note, ''), auth.uid() where p_is_on is not null
  on conflict (organization_id, name) do update
    set is_on = excluded.is_on, note = excluded.note, updated_by = excluded.updated_by, updated_at = now()
  returning * into flag;
  update public.organizations set flags_revision = flags_revision + 1 where id = p_organization;
  perform private.record_fact('flag.set', jsonb_build_object('name', p_name, 'is_on', p_is_on, 'note', p_note), p_organization);
  for event in select e.id, e.slug, v.number from public.events e
               left join public.event_versions v on v.id = e.current_version_id
               where e.organization_id = p_organization and e.status in ('live', 'paused') loop
    perform realtime.send(jsonb_build_object('event_id', event.id, 'slug', event.slug), 'event_changed', 'versions', true);
    if is_switch then
      perform realtime.send(jsonb_build_object('event_id', event.id, 'slug', event.slug, 'number', coalesce(event.number, 0),
        'kill', true), 'version_published', 'event:' || event.id, true);
    end if;
  end loop;
  return flag;
end $$;
CREATE FUNCTION private.set_permissions(p_organization uuid, p_user uuid, p_overrides jsonb) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.snapshot_sha256(p public.policy_snapshots) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select encode(sha256(convert_to(string_agg(octet_length(f.field) || ':' || f.field, E'\n' order by f.n), 'UTF8')), 'hex')
  from unnest(array[
    p.session_id::text, p.number::text, p.event_id::text, p.organization_id::text, p.version_id::text, p.profile, p.policy::text,
    p.sha256, p.facts::text, case when p.sealed_facts is null then '' else 'sealed' end, p.trace::text, p.reason,
    (extract(epoch from p.created_at) * 1000000)::bigint::text, (extract(epoch from p.expires_at) * 1000000)::bigint::text
  ]) with ordinality f (field, n)
$$;
CREATE FUNCTION private.spent() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select jsonb_build_object('conversation', s.spent_tokens, 'today_input', coalesce(p.input_tokens, 0),
                            'today_output', coalesce(p.output_tokens, 0))
  from public.sessions s
  left join public.model_spend p on p.event_id = s.event_id and p.day = (now() at time zone 'utc')::date
  where s.id = private.session_id()
$$;
CREATE FUNCTION private.standard_document() RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$ select '{"agent":{"budgets":{"conversation_tokens":60000,"event_cost_per_day":null,"event_tokens_per_day":5000000,"price_input":0,"price_output":0,"tool_calls":5,"turn_seconds":5,"turn_tokens":6000},"cross_sell":{"enabled":false,"least_confidence":0.7,"per_conversation":1,"products":[]},"escalation":{"rules":[],"unavailable":["schedule_callback","email_support","continue_with_ai"]},"integrations":[],"memory":{"across_visits":false,"compress_above_tokens":10000},"models":{"attempt_seconds":2,"order":["groq","mistral","builtin"]},"product":"chat","survey":{"enabled":false,"is_skippable":true,"questions":[],"when":"conversation_end"},"system_prompt":"","tools":[]},"analytics":{"ab_enabled":true,"attribution":{"model":"last","window_days":30},"primary_kpis":["time_to_match","felt_understood","conversion_step_throughput"],"test_plan":null},"branding":{"accent":"#0F5C5C","hero":"","tagline":""},"catalogue":{"attributes":[],"mileage_unit":"mi","noun":{"many":"items","one":"item"}},"conversion":{"actions":["Reserve","Schedule Call"],"deposit":{"amount":500,"is_refundable":true,"kind":"fixed","pay_within_minutes":10},"deposit_required":false,"hold_limit":2,"hold_minutes":24,"mode":"direct_sale"},"cspe":{"least_viewers":3,"shows_viewers":false,"trending_signals":[],"window_minutes":30},"currency":"USD","dates":{"closes_at":null,"opens_at":null},"dealer_matching":{"inventory_alignment_min":0.65,"max_dealers_per_lead":5},"domain":"general","experiments":[],"flags":{"comparison":true,"sharing":true},"lead_scoring":{"bands":{"hot":75,"warm":45},"enabled":false,"weights":{"completeness":0.1,"condition":0.15,"engagement":0.1,"motivation":0.25,"timeline":0.2,"value":0.2}},"locale":"en-US","offer":{"arv":{"least_comparables":3,"max_age_months":12,"most_comparables":10,"radius_km":1.6,"weights":{"distance":0.4,"recency":0.3,"size":0.3}},"enabled":false,"least_confidence":0.6,"needs_approval":true,"range":{"fee":10000,"max_percent":70,"min_percent":60,"round_to":500},"repairs":{"excellent":0,"fair":320,"good":110,"poor":650,"reserve_percent":10}},"outreach":{"blast_per_minute":30,"budget":{"per_day":0,"total":0},"business_hours":{"answer_minutes":60,"begin":"09:00","days":["mon","tue","wed","thu","fri"],"end":"18:00"},"caps":{"per_day":3,"per_week":10,"same_content_hours":24},"channel_weights":{"customer_type":0.3,"device":0.2,"engagement":0.3,"time":0.1,"urgency":0.1},"channels":{"email":{"enabled":false,"per_day":1000},"facebook":{"enabled":false,"per_day":1000},"instagram":{"enabled":false,"per_day":1000},"sms":{"enabled":false,"per_day":1000},"voice":{"enabled":false,"per_day":1000},"web_chat":{"enabled":false,"per_day":1000},"whatsapp":{"enabled":false,"per_day":1000}},"consent_required":true,"enabled":false,"follow_ups":[],"quiet_hours":{"begin":"21:00","enabled":true,"end":"08:00"},"templates":[]},"persona":{"greeting":"Hello. Tell me what you are looking for, and I will show you what fits.","name":"Claire","openings":[],"questioning":{"most":6,"per_turn":1,"strategy":"information_gain"},"role":"an AI guide","style":{"directness":"balanced","tone":"professional_warm"}},"personalization":{"bandit":{"algorithm":"fixed","confidence":0.95,"hold_back":0.05,"least_sample":1000,"promotes_winner":false},"cohorts":[],"enabled":false,"lifecycle":[]},"policy":{"blocked_per_minute":20,"context_tokens":4000,"profiles":[],"snapshot_minutes":240},"preference_extraction":{"signals":["BUDGET_RANGE","TIMELINE_URGENCY","USE_CASE","FEATURE_PRIORITY","DESIGN_AESTHETIC","RISK_TOLERANCE","EMOTIONAL_DRIVER","GEO_RADIUS"],"variant_generation":{"judge":"builtin","k":5,"provider":"groq"}},"pricing":{"events":{"buyer_reply":0,"contact_reveal":0,"message_delivered":0},"model":"none"},"privacy":{"keep_days":365,"mode":"buyer_controlled","reveal_fields":["name","email","phone","place"],"reveal_requires_buyer_confirm":true},"ranking_weights":{"individual_match":0.6,"scarcity":0.1,"social_proof":0.1,"spec_alignment":0.2},"safety":{"ai_off":false,"auto_rollback":{"enabled":true,"failure_share":0.1,"least_conversations":10,"watch_minutes":15},"claims_review":[],"compliance_flags":true,"force_strict":false,"least_confidence":0.6,"mutating_tools_off":false},"sdme":{"countdowns":false,"drop_calendar":[],"few_left":3,"scarcity_badges":false},"search_defaults":{"data_sources":[],"filters":{},"hybrid":true,"max_results":12},"timezone":"UTC","ui_contract":{"actions":["Compare","Reserve","Schedule Call","Request Info"],"chips":["Budget","Brand/Make","Feature/Specs","Condition"],"comparison_fields":["key_specs","verifications","ownership_costs"],"price_block":"price","tile_fields":["title","price","match","badges","specs","media"],"tile_specs":[]},"voice":{"background_sound":{"custom_url":null,"type":"silence"},"enabled":false,"input_min_characters":10,"max_tokens":150,"model_settings":{"auto_mode":false,"clarity_similarity":0.75,"optimize_streaming_latency":4,"speed":1,"style_exaggeration":0,"use_speaker_boost":true},"providers":{"speech_to_text":"local","telephone":"none","telephone_failover":"none","text_to_speech":"local"},"punctuation_boundaries":[".","!","?","..."],"recording":{"consent":"ask","enabled":false,"keep_days":30},"stop_speaking_plan":{"back_off_seconds":2,"number_of_words":3,"voice_seconds":0.5},"transfer":{"enabled":false,"kind":"hot","number":null},"turn_detection_ms":300,"voice_id":""}}'::jsonb $$;
CREATE FUNCTION private.start_connector_run(p_connector uuid, p_seconds integer) RETURNS public.connector_runs
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.connectors := private.connector_for(p_connector);
  run public.connector_runs;
begin
  select * into run from public.connector_runs r where r.connector_id = own.id and r.status = 'running' for update;
  if run.lease_until > now() then
    perform private.fail(409, 'blueprints.connector_running', jsonb_build_object('connector_id', own.id));
  elsif run.id is not null then
    update public.connector_runs set lease_until = now() + make_interval(secs => p_seconds) where id = run.id returning * into run;
  else
    insert into public.connector_runs (connector_id, organization_id, requested_by, lease_until)
    values (own.id, own.organization_id, auth.uid(), now() + make_interval(secs => p_seconds)) returning * into run;
  end if;
  return run;
end $$;
CREATE FUNCTION private.steer_blueprint_file(p_file uuid, p_verb text) RETURNS public.blueprint_files
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.blueprint_files := private.blueprint_file_for(p_file);
  blueprint public.blueprints := private.blueprint_for(own.blueprint_id);
begin
  if p_verb = 'remove' then
    delete from public.blueprint_files where id = own.id;
  elsif p_verb = 'cancel' and own.status in ('waiting', 'reading') then
    update public.blueprint_files set status = 'cancelled', lease_until = null, updated_at = now()
    where id = own.id returning * into own;
  elsif p_verb = 'retry' and own.status in ('cancelled', 'refused', 'read') then
    update public.blueprint_files set status = 'waiting', problem = null, findings = null, attempts = 0, updated_at = now()
    where id = own.id returning * into own;
  end if;
  perform private.touched_blueprint(blueprint.id);
  return own;
end $$;
CREATE FUNCTION private.stops_ended(p_before jsonb, p_after jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select coalesce(jsonb_agg(name), '[]') from unnest(array['ai_off', 'mutating_tools_off', 'force_strict']) name
  where (p_before #> array['safety', name]) = 'true' and (p_after #> array['safety', name]) is distinct from 'true'
$$;
CREATE FUNCTION private.submit_draft(p_draft uuid, p_revision integer, p_message text) RETURNS public.drafts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.sweep_holds(p_batch integer DEFAULT 500) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  unit public.listing_units;
  swept int := 0;
begin
  for unit in
    select u.* from public.listing_units u join public.holds h on h.id = u.hold_id
    where h.status = 'active' and h.expires_at <= now() order by h.expires_at limit p_batch for update of u skip locked
  loop
    perform private.expire_hold(unit.hold_id);
    update public.listing_units set state = 'available', hold_id = null, held_until = null, version = version + 1
    where listing_id = unit.listing_id;
    swept := swept + 1;
  end loop;
  return swept;
end $$;
CREATE FUNCTION private.take_up(p_state jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  update public.sessions set state = p_state where id = private.session_id() and turn_count = 0
$$;
CREATE FUNCTION private.tell_blueprint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  blueprint uuid := (case when tg_table_name = 'blueprints' then to_jsonb(new) ->> 'id' else to_jsonb(new) ->> 'blueprint_id' end)::uuid;
begin
  perform realtime.send(
    jsonb_build_object('blueprint_id', blueprint, 'of', tg_table_name, 'id', new.id, 'status', new.status)
      || case when tg_table_name = 'blueprints' then jsonb_build_object('revision', to_jsonb(new) -> 'revision')
         else jsonb_build_object('stage', to_jsonb(new) -> 'stage', 'done', to_jsonb(new) -> 'done', 'total', to_jsonb(new) -> 'total') end,
    'blueprint_changed', 'organization:' || new.organization_id, true);
  return null;
end $$;
CREATE FUNCTION private.tell_draft(draft public.drafts, p_kind text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform private.record_fact('draft.' || p_kind, jsonb_build_object('draft_id', draft.id, 'title', draft.title,
    'risk', draft.risk, 'revision', draft.revision), draft.organization_id, draft.event_id);
  perform realtime.send(jsonb_build_object('event_id', draft.event_id, 'draft_id', draft.id, 'status', draft.status),
                        'draft_changed', 'organization:' || draft.organization_id, true);
end $$;
CREATE FUNCTION private.tell_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  notice jsonb := jsonb_build_object('event_id', new.id, 'slug', new.slug, 'status', new.status,
                                     'catalogue_revision', new.catalogue_revision);
begin
  perform realtime.send(notice, 'event_changed', 'versions', true);
  perform realtime.send(notice, 'event_changed', 'event:' || new.id, true);
  perform realtime.send(notice, 'event_changed', 'organization:' || new.organization_id, true);
  return null;
end $$;
CREATE FUNCTION private.tell_flag() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  flag public.organization_flags := coalesce(new, old);
begin
  perform realtime.send(jsonb_build_object('name', flag.name, 'is_on', new.is_on), 'flag_changed',
    'organization:' || flag.organization_id, true);
  return null;
end $$;
CREATE FUNCTION private.tell_request(r public.buyer_requests) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select realtime.send(jsonb_build_object('request_id', r.id, 'event_id', r.event_id, 'kind', r.kind, 'status', r.status),
                       'request_changed', 'organization:' || r.organization_id, true)
$$;
CREATE FUNCTION private.tell_unit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  notice jsonb := jsonb_build_object('listing_id', new.listing_id, 'state', new.state, 'held_until', new.held_until);
begin
  perform realtime.send(notice, 'listing_state', 'event:' || new.event_id, true);
  perform realtime.send(notice || jsonb_build_object('event_id', new.event_id), 'listing_state',
                        'organization:' || new.organization_id, true);
  return null;
end $$;
CREATE FUNCTION private.terms_of(own public.sessions, event public.events, p_verb text, p_arguments jsonb) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select coalesce((select jsonb_build_object('price_minor', l.price_minor, 'currency', l.currency, 'record', l.content_sha256)
                   from public.listings l where l.id = (p_arguments ->> 'listing_id')::bigint), '{}')
    || case when p_verb in ('hold', 'deposit')
       then jsonb_build_object('hold_seconds', event.hold_ttl_s, 'deposit_required', event.deposit_required)
         || case when event.deposit_required or p_verb = 'deposit' then jsonb_build_object('deposit', (
              select v.document #> '{conversion,deposit}' from public.event_versions v where v.id = own.version_id)) else '{}' end
       when p_verb = 'share'
       then jsonb_build_object('wishes', encode(sha256(convert_to(jsonb_build_array(
              own.state -> 'filters', own.state -> 'signals')::text, 'UTF8')), 'hex'))  -- all that dealers are told
       else '{}' end
$$;
CREATE FUNCTION private.tidy_blueprints() RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  ended record;
begin
  for ended in
    delete from public.sandboxes s where s.expires_at < now()
      and not exists (select from public.drafts d where d.event_id = s.event_id and d.status in ('in_review', 'approved'))
    returning s.event_id, s.blueprint_id
  loop
    update public.blueprints b set status = 'open' where b.id = ended.blueprint_id and b.status in ('previewed', 'waiting');
    if exists (select from public.blueprints b where b.id = ended.blueprint_id and not b.for_event and b.status <> 'published') then
      perform private.remove_draft_event(ended.event_id);
    end if;
  end loop;
  return query
    delete from public.blueprint_files f using public.blueprints b
    where b.id = f.blueprint_id and b.status in ('published', 'discarded') and b.updated_at < now() - interval '30 days'
    returning f.path;
end $$;
CREATE FUNCTION private.touched_blueprint(p_blueprint uuid) RETURNS public.blueprints
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  update public.blueprints b set revision = b.revision + 1, updated_at = now(), updated_by = auth.uid(),
    status = case when b.status = 'waiting' then 'previewed' else b.status end, verdict = null, reason = ''
  where b.id = p_blueprint returning *
$$;
CREATE FUNCTION private.try_filters(p_event uuid, p_tries jsonb) RETURNS TABLE(at integer, n integer, near real[], counts jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    SET jit TO 'off'
    AS $_$
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
end $_$;
CREATE FUNCTION private.use_confirmation(own public.sessions, p_confirmation uuid, p_verb text, p_inputs_sha256 text, p_terms jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare kept private.confirmations;
begin
  select * into kept from private.confirmations c where c.id = p_confirmation and c.session_id = own.id for update;
  if kept.id is null or kept.verb <> p_verb or kept.inputs_sha256 <> p_inputs_sha256 then
    perform private.fail(409, 'policy.confirmation_mismatch', jsonb_build_object('verb', p_verb));
  elsif kept.used_at is not null then
    perform private.fail(409, 'policy.confirmation_used', jsonb_build_object('verb', p_verb));
  elsif kept.expires_at <= clock_timestamp() then
    perform private.fail(409, 'policy.confirmation_stale', jsonb_build_object('verb', p_verb));
  elsif kept.terms <> p_terms then
    perform private.fail(409, 'policy.terms_changed', jsonb_build_object('verb', p_verb, 'before', kept.terms, 'now', p_terms));
  end if;
  update private.confirmations set used_at = clock_timestamp() where id = kept.id;
end $$;
CREATE FUNCTION private.verb_kind(p_verb text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select case
    when p_verb in ('search', 'compare', 'similar', 'documents') then 'read'
    when p_verb in ('release', 'withdraw', 'hand_off', 'survey') then 'open'
    when p_verb in ('hold', 'deposit', 'book', 'info', 'message', 'offer', 'remind', 'share', 'reveal') then 'act'
  end
$$;
CREATE FUNCTION private.versions_in_use(p_versions uuid[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select v from unnest(p_versions) v
  where exists (select from public.sessions s
                where s.version_id = v and s.ended_at is null and s.last_seen_at > now() - interval '30 minutes')
$$;
CREATE FUNCTION private.watch_event(event public.events) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  current public.event_versions;
  previous public.event_versions;
  published record;
  watch jsonb;
  begun int;
  failed int;
  restored public.event_versions;
begin
  select * into current from public.event_versions v where v.id = event.current_version_id;
  watch := private.filled_section('safety', current.document -> 'safety') -> 'auto_rollback';
  select f.* into published from private.fresh_versions(current.id) f where f.kind <> 'lever';
  if not (watch ->> 'enabled')::boolean or published.kind is distinct from 'publish' or published.based_on is null
     or published.created_at <= now() - make_interval(secs => 60 * (watch ->> 'watch_minutes')::float8) then
    return null;
  end if;
  select count(*), count(s.failed_at) into begun, failed from public.sessions s
  where s.version_id in (select f.id from private.fresh_versions(current.id) f) and s.created_at >= published.created_at;
  if begun < (watch ->> 'least_conversations')::numeric or failed <= (watch ->> 'failure_share')::numeric * begun then
    return null;
  end if;
  select * into previous from public.event_versions v where v.id = published.based_on;
  if private.stops_ended(current.document, previous.document) <> '[]' then return null; end if;
  restored := private.restore_version(event, previous, 'auto_rollback',
    failed || ' of ' || begun || ' new conversations failed under version ' || current.number, 'drain');
  perform realtime.send(jsonb_build_object('event_id', event.id, 'slug', event.slug, 'from', current.number,
      'to', previous.number, 'number', restored.number, 'failed', failed, 'begun', begun),
    'alert', 'organization:' || event.organization_id, true);
  return jsonb_build_object('slug', event.slug, 'from', current.number, 'to', previous.number,
                            'number', restored.number, 'failed', failed, 'begun', begun);
end $$;
CREATE FUNCTION private.watch_versions() RETURNS SETOF jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  event public.events;
  told jsonb;
begin
  if not private.acts_as_system() then perform private.fail(403, 'core.not_allowed'); end if;
  for event in select e.* from public.events e where e.status = 'live' and e.current_version_id is not null
               order by e.id for no key update of e skip locked loop
    begin
      told := private.watch_event(event);
      if told is not null then return next told; end if;
    exception when others then
      perform private.record_fact('event.watch_failed', jsonb_build_object('error', sqlerrm), event.organization_id, event.id);
    end;
  end loop;
end $$;
CREATE FUNCTION private.web_session(p_token_sha256 bytea) RETURNS TABLE(user_id uuid, email text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select w.user_id, u.email::text from private.web_sessions w join auth.users u on u.id = w.user_id
  where w.token_sha256 = p_token_sha256 and w.revoked_at is null and w.expires_at > now()
$$;
CREATE FUNCTION private.whole_bound(p_op text, p_bound double precision) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select case when p_op in ('eq', 'neq') and p_bound <> floor(p_bound) then null else
    (greatest(least(case when p_op in ('gte', 'lt') then ceil(p_bound) else floor(p_bound) end, 2147483647), -2147483648))::int::text end
$$;
CREATE FUNCTION private.wishes_met(p_event uuid, p_wishes jsonb, OUT met text, OUT total integer) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
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
CREATE FUNCTION private.withdraw_confirmations(p_confirmations uuid[]) RETURNS SETOF uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  update private.confirmations c set expires_at = clock_timestamp()
  where c.id = any(p_confirmations) and c.session_id = private.session_id() and c.used_at is null
    and c.expires_at > clock_timestamp()
  returning c.id
$$;
CREATE FUNCTION private.withdraw_lead(p_confirmation uuid DEFAULT NULL::uuid, p_origin text DEFAULT 'buyer'::text) RETURNS public.leads
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare lead public.leads;
begin
  perform private.guard('withdraw', '{}', p_confirmation, p_origin);
  update public.leads set status = 'withdrawn', ended_at = now()
  where session_id = private.session_id() and status = 'open' returning * into lead;
  if lead.id is null then perform private.fail(404, 'leads.no_open_lead'); end if;
  perform private.record_fact('lead.withdrawn', jsonb_build_object('lead_id', lead.id), lead.organization_id, lead.event_id, lead.session_id);
  return lead;
end $$;
CREATE FUNCTION private.withdraw_request(p_request uuid, p_confirmation uuid DEFAULT NULL::uuid, p_origin text DEFAULT 'buyer'::text) RETURNS public.buyer_requests
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  own public.sessions := private.lock_session();
  made public.buyer_requests;
begin
  select * into made from public.buyer_requests r where r.id = p_request and r.session_id = own.id for update;
  if made.id is null then perform private.fail(404, 'transactions.no_such_request'); end if;
  if made.status <> 'open' then return made; end if;
  perform private.guard('withdraw', jsonb_build_object('request_id', p_request), p_confirmation, p_origin);
  update public.buyer_requests set status = 'withdrawn', ended_at = clock_timestamp() where id = made.id returning * into made;
  perform private.record_fact('request.ended', jsonb_build_object('request_id', made.id, 'status', made.status),
                              own.organization_id, own.event_id, own.id);
  perform private.tell_request(made);
  return made;
end $$;
CREATE FUNCTION private.wrong_permission(p_overrides jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select e.key from jsonb_each(p_overrides) e
  where not private.role_preset('admin') ? e.key
    or (e.key = 'max_risk_level' and e.value not in ('"low"', '"medium"', '"high"'))
    or (e.key <> 'max_risk_level' and jsonb_typeof(e.value) <> 'boolean')
  limit 1
$$;
CREATE TABLE private.answers (
    actor text NOT NULL,
    operation text NOT NULL,
    key text NOT NULL,
    request_sha256 text NOT NULL,
    status integer,
    body jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT answers_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);
CREATE TABLE private.confirmations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    session_id uuid NOT NULL,
    verb text NOT NULL,
    inputs_sha256 text NOT NULL,
    terms jsonb NOT NULL,
    origin text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone DEFAULT (clock_timestamp() + '00:15:00'::interval) NOT NULL,
    used_at timestamp with time zone
);
CREATE TABLE private.connector_pages (
    run_id uuid NOT NULL,
    number integer NOT NULL,
    records jsonb NOT NULL
);
CREATE TABLE private.connector_secrets (
    connector_id uuid NOT NULL,
    sealed text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE private.listing_scan (
    event_id uuid NOT NULL,
    id bigint NOT NULL,
    price real,
    year smallint,
    mileage integer,
    n1 real,
    n2 real,
    n3 real,
    n4 real,
    n5 real,
    n6 real,
    n7 real,
    n8 real,
    tags integer[] DEFAULT '{}'::integer[] NOT NULL,
    bits bit(256) DEFAULT (repeat('0'::text, 256))::bit(256) NOT NULL,
    scarcity real DEFAULT 0 NOT NULL,
    social real DEFAULT 0 NOT NULL,
    dealer_id uuid,
    e64 extensions.halfvec(64),
    sold boolean DEFAULT false NOT NULL
)
PARTITION BY LIST (event_id);
ALTER TABLE ONLY private.listing_scan ALTER COLUMN bits SET STORAGE PLAIN;
ALTER TABLE ONLY private.listing_scan ALTER COLUMN e64 SET STORAGE PLAIN;
CREATE TABLE private.listing_totals (
    event_id uuid NOT NULL,
    n integer NOT NULL
);
CREATE TABLE private.path_rules (
    pattern text[] NOT NULL,
    reload text NOT NULL,
    risk text NOT NULL,
    permission text NOT NULL,
    lever jsonb,
    CONSTRAINT path_rules_reload_check CHECK ((reload = ANY (ARRAY['pinned'::text, 'live'::text, 'kill'::text]))),
    CONSTRAINT path_rules_risk_check CHECK ((risk = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text])))
);
CREATE TABLE public.model_exchanges (
    id bigint NOT NULL,
    turn_id bigint NOT NULL,
    session_id uuid NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    "position" integer NOT NULL,
    purpose text NOT NULL,
    provider text DEFAULT ''::text NOT NULL,
    model text DEFAULT ''::text NOT NULL,
    outcome text NOT NULL,
    sealed text NOT NULL,
    provenance jsonb DEFAULT '[]'::jsonb NOT NULL,
    input_tokens integer DEFAULT 0 NOT NULL,
    output_tokens integer DEFAULT 0 NOT NULL,
    took_ms real,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT model_exchanges_outcome_check CHECK ((outcome = ANY (ARRAY['used'::text, 'unused'::text, 'invalid'::text, 'failed'::text]))),
    CONSTRAINT model_exchanges_purpose_check CHECK ((purpose = ANY (ARRAY['read'::text, 'repair'::text, 'answer'::text, 'variant'::text, 'judge'::text])))
);
CREATE TABLE public.turns (
    id bigint NOT NULL,
    session_id uuid NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    number integer NOT NULL,
    message text NOT NULL,
    reply text NOT NULL,
    understanding jsonb DEFAULT '{}'::jsonb NOT NULL,
    tiles jsonb DEFAULT '[]'::jsonb NOT NULL,
    answer jsonb DEFAULT '{}'::jsonb NOT NULL,
    idempotency_key text NOT NULL,
    took_ms real,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sealed_message text,
    CONSTRAINT turns_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
    CONSTRAINT turns_message_check CHECK ((length(message) <= 8000))
);
CREATE VIEW private.sealed_texts AS
 SELECT 'credentials'::text AS kind,
    (s.connector_id)::text AS key,
    s.sealed
   FROM private.connector_secrets s
UNION ALL
 SELECT 'facts'::text AS kind,
    ((p.session_id || ' '::text) || p.number) AS key,
    convert_from(p.sealed_facts, 'UTF8'::name) AS sealed
   FROM public.policy_snapshots p
  WHERE (p.sealed_facts IS NOT NULL)
UNION ALL
 SELECT 'message'::text AS kind,
    (t.id)::text AS key,
    t.sealed_message AS sealed
   FROM public.turns t
  WHERE (t.sealed_message IS NOT NULL)
UNION ALL
 SELECT 'exchange'::text AS kind,
    (x.id)::text AS key,
    x.sealed
   FROM public.model_exchanges x
  WHERE (x.sealed <> ''::text);
CREATE TABLE private.verbs (
    name text NOT NULL,
    guard text NOT NULL,
    note text NOT NULL,
    CONSTRAINT verbs_guard_check CHECK ((guard = ANY (ARRAY['guard'::text, 'permission'::text, 'own'::text, 'fact'::text, 'clock'::text]))),
    CONSTRAINT verbs_note_check CHECK (((length(note) >= 4) AND (length(note) <= 200)))
);
COMMENT ON TABLE private.verbs IS 'guard: asks private.guard. permission: asks what the member may do. own: touches the caller''s own conversation or account,
and nothing of consequence. fact: only adds a line that is never changed. clock: does what the time has decided.';
CREATE TABLE private.web_sessions (
    token_sha256 bytea NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);
CREATE TABLE public.alerts (
    id bigint NOT NULL,
    organization_id uuid NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL,
    window_at timestamp with time zone NOT NULL,
    facts jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT alerts_kind_check CHECK ((kind = 'blocked_spike'::text))
);
ALTER TABLE public.alerts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alerts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.attached_media (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    event_id uuid NOT NULL,
    external_id text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    sha256 text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    phash text DEFAULT ''::text NOT NULL,
    alt text DEFAULT ''::text NOT NULL,
    variants jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT attached_media_alt_check CHECK ((length(alt) <= 300)),
    CONSTRAINT attached_media_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT attached_media_height_check CHECK ((height > 0)),
    CONSTRAINT attached_media_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT attached_media_width_check CHECK ((width > 0))
);
CREATE TABLE public.buyer_memories (
    event_id uuid NOT NULL,
    visitor_sha256 bytea NOT NULL,
    organization_id uuid NOT NULL,
    wishes jsonb DEFAULT '{}'::jsonb NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.dealers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    seller_id uuid NOT NULL,
    dealer_id uuid NOT NULL,
    code text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT dealers_check CHECK ((seller_id <> dealer_id)),
    CONSTRAINT dealers_code_check CHECK (((length(code) >= 1) AND (length(code) <= 60))),
    CONSTRAINT dealers_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text])))
);
CREATE TABLE public.draft_reviews (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    draft_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    reviewer_id uuid NOT NULL,
    verdict text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    revision integer NOT NULL,
    sha256 text NOT NULL,
    base_version_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT draft_reviews_reason_check CHECK ((length(reason) <= 2000)),
    CONSTRAINT draft_reviews_verdict_check CHECK ((verdict = ANY (ARRAY['approve'::text, 'request_edits'::text, 'reject'::text])))
);
CREATE TABLE public.event_attributes (
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    label text NOT NULL,
    unit text,
    slot text,
    stats jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT event_attributes_kind_check CHECK ((kind = ANY (ARRAY['number'::text, 'enum'::text, 'boolean'::text, 'text'::text]))),
    CONSTRAINT event_attributes_slot_check CHECK ((slot = ANY (ARRAY['price'::text, 'year'::text, 'mileage'::text, 'n1'::text, 'n2'::text, 'n3'::text, 'n4'::text, 'n5'::text, 'n6'::text, 'n7'::text, 'n8'::text])))
);
CREATE TABLE public.facets (
    id integer NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    attribute text NOT NULL,
    value text NOT NULL,
    "bit" smallint,
    n integer DEFAULT 0 NOT NULL,
    display text DEFAULT ''::text NOT NULL,
    CONSTRAINT facets_bit_check CHECK ((("bit" >= 0) AND ("bit" <= 255)))
);
ALTER TABLE public.facets ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.facets_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.invitations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    email text NOT NULL,
    role public.member_role NOT NULL,
    token_sha256 bytea NOT NULL,
    invited_by uuid,
    expires_at timestamp with time zone DEFAULT (now() + '7 days'::interval) NOT NULL,
    accepted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT invitations_email_check CHECK (((email = lower(email)) AND (POSITION(('@'::text) IN (email)) > 1)))
);
CREATE TABLE public.journal (
    id bigint NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    kind text NOT NULL,
    organization_id uuid,
    event_id uuid,
    session_id uuid,
    actor_kind text NOT NULL,
    actor_id uuid,
    facts jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT journal_kind_check CHECK ((kind ~ '^[a-z_]+\.[a-z_]+$'::text))
)
PARTITION BY RANGE (recorded_at);
CREATE TABLE public.journal_default (
    id bigint CONSTRAINT journal_id_not_null NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() CONSTRAINT journal_recorded_at_not_null NOT NULL,
    kind text CONSTRAINT journal_kind_not_null NOT NULL,
    organization_id uuid,
    event_id uuid,
    session_id uuid,
    actor_kind text CONSTRAINT journal_actor_kind_not_null NOT NULL,
    actor_id uuid,
    facts jsonb DEFAULT '{}'::jsonb CONSTRAINT journal_facts_not_null NOT NULL,
    CONSTRAINT journal_kind_check CHECK ((kind ~ '^[a-z_]+\.[a-z_]+$'::text))
);
ALTER TABLE public.journal ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.journal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.lead_contacts (
    lead_id uuid NOT NULL,
    session_id uuid NOT NULL,
    name text,
    email text,
    phone text,
    place text,
    CONSTRAINT lead_contacts_email_check CHECK ((length(email) <= 320)),
    CONSTRAINT lead_contacts_name_check CHECK ((length(name) <= 200)),
    CONSTRAINT lead_contacts_phone_check CHECK ((length(phone) <= 40)),
    CONSTRAINT lead_contacts_place_check CHECK ((length(place) <= 200))
);
CREATE TABLE public.listing_embeddings (
    listing_id bigint NOT NULL,
    model text NOT NULL,
    dimension integer NOT NULL,
    embedding extensions.halfvec NOT NULL,
    CONSTRAINT listing_embeddings_check CHECK ((extensions.vector_dims(embedding) = dimension)),
    CONSTRAINT listing_embeddings_dimension_check CHECK (((dimension >= 1) AND (dimension <= 4000)))
);
ALTER TABLE ONLY public.listing_embeddings ALTER COLUMN embedding SET STORAGE PLAIN;
CREATE TABLE public.listings (
    id bigint NOT NULL,
    organization_id uuid NOT NULL,
    event_id uuid NOT NULL,
    source_file_id uuid,
    source_row integer,
    dealer_id uuid,
    external_id text NOT NULL,
    listed boolean DEFAULT true NOT NULL,
    title text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    price_minor bigint,
    currency text,
    condition text,
    make text,
    model text,
    "trim" text,
    year integer,
    mileage integer,
    mileage_unit text,
    color_exterior text,
    color_interior text,
    identifier text,
    location_city text,
    location_region text,
    location_country text,
    latitude double precision,
    longitude double precision,
    specs jsonb DEFAULT '{}'::jsonb NOT NULL,
    media jsonb DEFAULT '[]'::jsonb NOT NULL,
    provenance jsonb DEFAULT '{}'::jsonb NOT NULL,
    content_sha256 text NOT NULL,
    tsv tsvector GENERATED ALWAYS AS (((setweight(to_tsvector('english'::regconfig, title), 'A'::"char") || setweight(to_tsvector('english'::regconfig, ((COALESCE(color_exterior, ''::text) || ' '::text) || COALESCE(condition, ''::text))), 'B'::"char")) || to_tsvector('english'::regconfig, description))) STORED,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT listings_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT listings_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT listings_mileage_check CHECK ((mileage >= 0)),
    CONSTRAINT listings_mileage_unit_check CHECK ((mileage_unit = ANY (ARRAY['mi'::text, 'km'::text]))),
    CONSTRAINT listings_price_minor_check CHECK ((price_minor >= 0))
);
ALTER TABLE public.listings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.listings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.members (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role public.member_role NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    permissions jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT members_permissions_check CHECK (((jsonb_typeof(permissions) = 'object'::text) AND (private.wrong_permission(permissions) IS NULL)))
);
ALTER TABLE public.model_exchanges ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.model_exchanges_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.model_spend (
    event_id uuid NOT NULL,
    day date NOT NULL,
    organization_id uuid NOT NULL,
    exchanges integer DEFAULT 0 NOT NULL,
    input_tokens bigint DEFAULT 0 NOT NULL,
    output_tokens bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.organizations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    kind text DEFAULT 'seller'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    flags_revision bigint DEFAULT 0 NOT NULL,
    seal_count integer DEFAULT 0 NOT NULL,
    seal_head text DEFAULT repeat('0'::text, 64) NOT NULL,
    CONSTRAINT organizations_kind_check CHECK ((kind = ANY (ARRAY['seller'::text, 'dealer'::text]))),
    CONSTRAINT organizations_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT organizations_slug_check CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'::text))
);
CREATE TABLE public.prospects (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    lead_id uuid NOT NULL,
    event_id uuid NOT NULL,
    dealer_id uuid NOT NULL,
    dealer_organization_id uuid NOT NULL,
    portrait jsonb NOT NULL,
    alignment real NOT NULL,
    matching_listings integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT prospects_alignment_check CHECK (((alignment >= (0)::double precision) AND (alignment <= (1)::double precision))),
    CONSTRAINT prospects_matching_listings_check CHECK ((matching_listings > 0))
);
CREATE TABLE public.source_files (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    source_id uuid NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL,
    status text DEFAULT 'imported'::text NOT NULL,
    rows_read integer DEFAULT 0 NOT NULL,
    rows_accepted integer DEFAULT 0 NOT NULL,
    rows_rejected integer DEFAULT 0 NOT NULL,
    imported_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT source_files_status_check CHECK ((status = ANY (ARRAY['imported'::text, 'unchanged'::text])))
);
CREATE TABLE public.sources (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    mapping jsonb NOT NULL,
    mapping_sha256 text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sources_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE TABLE public.survey_answers (
    session_id uuid NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    answers jsonb DEFAULT '{}'::jsonb NOT NULL,
    nps integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT survey_answers_nps_check CHECK (((nps >= 0) AND (nps <= 10)))
);
CREATE TABLE public.tool_calls (
    id bigint NOT NULL,
    turn_id bigint NOT NULL,
    session_id uuid NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    "position" integer NOT NULL,
    tool text NOT NULL,
    verb text NOT NULL,
    origin text NOT NULL,
    outcome text NOT NULL,
    arguments jsonb DEFAULT '{}'::jsonb NOT NULL,
    reasons jsonb DEFAULT '[]'::jsonb NOT NULL,
    took_ms real,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tool_calls_origin_check CHECK ((origin = ANY (ARRAY['buyer'::text, 'guide'::text, 'job'::text]))),
    CONSTRAINT tool_calls_outcome_check CHECK ((outcome = ANY (ARRAY['ran'::text, 'prepared'::text, 'executed'::text, 'refused'::text, 'failed'::text]))),
    CONSTRAINT tool_calls_tool_check CHECK ((length(tool) <= 100)),
    CONSTRAINT tool_calls_verb_check CHECK ((length(verb) <= 40))
);
ALTER TABLE public.tool_calls ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.tool_calls_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.turn_records (
    turn_id bigint NOT NULL,
    session_id uuid NOT NULL,
    event_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    number integer NOT NULL,
    stance text NOT NULL,
    record jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT turn_records_stance_check CHECK ((stance = ANY (ARRAY['answer_safely'::text, 'refuse'::text, 'ask_confirmation'::text, 'treat_as_text'::text])))
);
ALTER TABLE public.turns ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.turns_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ONLY public.journal ATTACH PARTITION public.journal_default DEFAULT;
ALTER TABLE ONLY private.answers
    ADD CONSTRAINT answers_pkey PRIMARY KEY (actor, operation, key);
ALTER TABLE ONLY private.confirmations
    ADD CONSTRAINT confirmations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY private.connector_pages
    ADD CONSTRAINT connector_pages_pkey PRIMARY KEY (run_id, number);
ALTER TABLE ONLY private.connector_secrets
    ADD CONSTRAINT connector_secrets_pkey PRIMARY KEY (connector_id);
ALTER TABLE ONLY private.listing_scan
    ADD CONSTRAINT listing_scan_pkey PRIMARY KEY (event_id, id);
ALTER TABLE ONLY private.listing_totals
    ADD CONSTRAINT listing_totals_pkey PRIMARY KEY (event_id);
ALTER TABLE ONLY private.path_rules
    ADD CONSTRAINT path_rules_pkey PRIMARY KEY (pattern);
ALTER TABLE ONLY private.verbs
    ADD CONSTRAINT verbs_pkey PRIMARY KEY (name);
ALTER TABLE ONLY private.web_sessions
    ADD CONSTRAINT web_sessions_pkey PRIMARY KEY (token_sha256);
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_event_id_kind_window_at_key UNIQUE (event_id, kind, window_at);
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.approval_policies
    ADD CONSTRAINT approval_policies_pkey PRIMARY KEY (organization_id);
ALTER TABLE ONLY public.attached_media
    ADD CONSTRAINT attached_media_event_id_external_id_sha256_key UNIQUE (event_id, external_id, sha256);
ALTER TABLE ONLY public.attached_media
    ADD CONSTRAINT attached_media_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.blueprint_files
    ADD CONSTRAINT blueprint_files_blueprint_id_sha256_key UNIQUE (blueprint_id, sha256);
ALTER TABLE ONLY public.blueprint_files
    ADD CONSTRAINT blueprint_files_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.blueprints
    ADD CONSTRAINT blueprints_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.branch_versions
    ADD CONSTRAINT branch_versions_branch_id_number_key UNIQUE (branch_id, number);
ALTER TABLE ONLY public.branch_versions
    ADD CONSTRAINT branch_versions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.branches
    ADD CONSTRAINT branches_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.buyer_memories
    ADD CONSTRAINT buyer_memories_pkey PRIMARY KEY (event_id, visitor_sha256);
ALTER TABLE ONLY public.buyer_requests
    ADD CONSTRAINT buyer_requests_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.buyer_requests
    ADD CONSTRAINT buyer_requests_session_id_idempotency_key_key UNIQUE (session_id, idempotency_key);
ALTER TABLE ONLY public.clarifications
    ADD CONSTRAINT clarifications_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connector_runs
    ADD CONSTRAINT connector_runs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.connectors
    ADD CONSTRAINT connectors_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.dealers
    ADD CONSTRAINT dealers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.dealers
    ADD CONSTRAINT dealers_seller_id_code_key UNIQUE (seller_id, code);
ALTER TABLE ONLY public.dealers
    ADD CONSTRAINT dealers_seller_id_dealer_id_key UNIQUE (seller_id, dealer_id);
ALTER TABLE ONLY public.draft_reviews
    ADD CONSTRAINT draft_reviews_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.event_attributes
    ADD CONSTRAINT event_attributes_event_id_slot_key UNIQUE (event_id, slot);
ALTER TABLE ONLY public.event_attributes
    ADD CONSTRAINT event_attributes_pkey PRIMARY KEY (event_id, name);
ALTER TABLE ONLY public.event_versions
    ADD CONSTRAINT event_versions_event_id_number_key UNIQUE (event_id, number);
ALTER TABLE ONLY public.event_versions
    ADD CONSTRAINT event_versions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.facets
    ADD CONSTRAINT facets_event_id_attribute_value_key UNIQUE (event_id, attribute, value);
ALTER TABLE ONLY public.facets
    ADD CONSTRAINT facets_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.holds
    ADD CONSTRAINT holds_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.holds
    ADD CONSTRAINT holds_session_id_idempotency_key_key UNIQUE (session_id, idempotency_key);
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token_sha256_key UNIQUE (token_sha256);
ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (id, recorded_at);
ALTER TABLE ONLY public.journal_default
    ADD CONSTRAINT journal_default_pkey PRIMARY KEY (id, recorded_at);
ALTER TABLE ONLY public.lead_contacts
    ADD CONSTRAINT lead_contacts_pkey PRIMARY KEY (lead_id);
ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.listing_embeddings
    ADD CONSTRAINT listing_embeddings_pkey PRIMARY KEY (listing_id, model);
ALTER TABLE ONLY public.listing_units
    ADD CONSTRAINT listing_units_pkey PRIMARY KEY (listing_id);
ALTER TABLE ONLY public.listings
    ADD CONSTRAINT listings_event_id_external_id_key UNIQUE (event_id, external_id);
ALTER TABLE ONLY public.listings
    ADD CONSTRAINT listings_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_user_id_organization_id_key UNIQUE (user_id, organization_id);
ALTER TABLE ONLY public.model_exchanges
    ADD CONSTRAINT model_exchanges_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.model_spend
    ADD CONSTRAINT model_spend_pkey PRIMARY KEY (event_id, day);
ALTER TABLE ONLY public.organization_flags
    ADD CONSTRAINT organization_flags_pkey PRIMARY KEY (organization_id, name);
ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.policy_snapshots
    ADD CONSTRAINT policy_snapshots_pkey PRIMARY KEY (session_id, number);
ALTER TABLE ONLY public.previews
    ADD CONSTRAINT previews_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.prospects
    ADD CONSTRAINT prospects_lead_id_dealer_id_key UNIQUE (lead_id, dealer_id);
ALTER TABLE ONLY public.prospects
    ADD CONSTRAINT prospects_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.receipt_anchors
    ADD CONSTRAINT receipt_anchors_pkey PRIMARY KEY (organization_id, n);
ALTER TABLE ONLY public.receipts
    ADD CONSTRAINT receipts_pkey PRIMARY KEY (session_id, n);
ALTER TABLE ONLY public.remembered_columns
    ADD CONSTRAINT remembered_columns_pkey PRIMARY KEY (organization_id, source, header);
ALTER TABLE ONLY public.sandboxes
    ADD CONSTRAINT sandboxes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.source_files
    ADD CONSTRAINT source_files_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sources
    ADD CONSTRAINT sources_event_id_name_key UNIQUE (event_id, name);
ALTER TABLE ONLY public.sources
    ADD CONSTRAINT sources_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.survey_answers
    ADD CONSTRAINT survey_answers_pkey PRIMARY KEY (session_id);
ALTER TABLE ONLY public.tool_calls
    ADD CONSTRAINT tool_calls_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.turn_records
    ADD CONSTRAINT turn_records_pkey PRIMARY KEY (turn_id);
ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_session_id_idempotency_key_key UNIQUE (session_id, idempotency_key);
ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_session_id_number_key UNIQUE (session_id, number);
CREATE INDEX answers_created ON private.answers USING btree (created_at);
CREATE INDEX confirmations_expiry ON private.confirmations USING btree (expires_at);
CREATE INDEX confirmations_session ON private.confirmations USING btree (session_id);
CREATE INDEX listing_scan_sold ON ONLY private.listing_scan USING btree (event_id) WHERE sold;
CREATE INDEX web_sessions_user ON private.web_sessions USING btree (user_id);
CREATE INDEX alerts_organization ON public.alerts USING btree (organization_id, created_at DESC);
CREATE INDEX blueprint_files_unread ON public.blueprint_files USING btree (created_at) WHERE (status = ANY (ARRAY['waiting'::text, 'reading'::text]));
CREATE INDEX blueprints_event ON public.blueprints USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX blueprints_organization ON public.blueprints USING btree (organization_id, updated_at DESC);
CREATE UNIQUE INDEX branches_name ON public.branches USING btree (event_id, name) WHERE (status = 'active'::text);
CREATE INDEX buyer_requests_event ON public.buyer_requests USING btree (event_id, created_at DESC);
CREATE INDEX buyer_requests_listing ON public.buyer_requests USING btree (listing_id) WHERE (listing_id IS NOT NULL);
CREATE INDEX buyer_requests_organization ON public.buyer_requests USING btree (organization_id, created_at DESC);
CREATE INDEX clarifications_blueprint ON public.clarifications USING btree (blueprint_id, created_at);
CREATE INDEX connector_runs_connector ON public.connector_runs USING btree (connector_id, started_at DESC);
CREATE UNIQUE INDEX connector_runs_one ON public.connector_runs USING btree (connector_id) WHERE (status = 'running'::text);
CREATE INDEX connectors_blueprint ON public.connectors USING btree (blueprint_id) WHERE (blueprint_id IS NOT NULL);
CREATE UNIQUE INDEX connectors_name ON public.connectors USING btree (event_id, name) WHERE (event_id IS NOT NULL);
CREATE INDEX dealers_dealer ON public.dealers USING btree (dealer_id);
CREATE INDEX draft_reviews_draft ON public.draft_reviews USING btree (draft_id, created_at);
CREATE INDEX drafts_event ON public.drafts USING btree (event_id, updated_at DESC);
CREATE INDEX drafts_waiting ON public.drafts USING btree (organization_id) WHERE (status = ANY (ARRAY['in_review'::text, 'approved'::text]));
CREATE INDEX events_organization ON public.events USING btree (organization_id);
CREATE INDEX holds_event ON public.holds USING btree (event_id, placed_at DESC);
CREATE INDEX holds_expiry ON public.holds USING btree (expires_at) WHERE (status = 'active'::text);
CREATE UNIQUE INDEX holds_one_per_unit ON public.holds USING btree (listing_id) WHERE (status = 'active'::text);
CREATE INDEX imports_event ON public.imports USING btree (event_id, created_at DESC);
CREATE INDEX imports_waiting ON public.imports USING btree (created_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE INDEX invitations_organization ON public.invitations USING btree (organization_id);
CREATE INDEX journal_event_kind ON ONLY public.journal USING btree (event_id, kind, recorded_at);
CREATE INDEX journal_default_event_id_kind_recorded_at_idx ON public.journal_default USING btree (event_id, kind, recorded_at);
CREATE INDEX journal_organization ON ONLY public.journal USING btree (organization_id, recorded_at);
CREATE INDEX journal_default_organization_id_recorded_at_idx ON public.journal_default USING btree (organization_id, recorded_at);
CREATE INDEX journal_session ON ONLY public.journal USING btree (session_id) WHERE (session_id IS NOT NULL);
CREATE INDEX journal_default_session_id_idx ON public.journal_default USING btree (session_id) WHERE (session_id IS NOT NULL);
CREATE INDEX leads_event ON public.leads USING btree (event_id, opened_at DESC);
CREATE UNIQUE INDEX leads_one_open ON public.leads USING btree (session_id) WHERE (status = 'open'::text);
CREATE INDEX listing_units_event ON public.listing_units USING btree (event_id);
CREATE INDEX listings_dealer ON public.listings USING btree (dealer_id) WHERE (dealer_id IS NOT NULL);
CREATE INDEX listings_external ON public.listings USING btree (event_id, lower(external_id));
CREATE INDEX listings_identifier ON public.listings USING btree (event_id, lower(identifier)) WHERE (identifier IS NOT NULL);
CREATE INDEX listings_source_file ON public.listings USING btree (source_file_id);
CREATE INDEX members_organization ON public.members USING btree (organization_id);
CREATE INDEX model_exchanges_session ON public.model_exchanges USING btree (session_id, id);
CREATE INDEX model_exchanges_turn ON public.model_exchanges USING btree (turn_id);
CREATE INDEX policy_snapshots_event ON public.policy_snapshots USING btree (event_id, created_at DESC);
CREATE INDEX previews_expiry ON public.previews USING btree (expires_at);
CREATE INDEX prospects_dealer ON public.prospects USING btree (dealer_organization_id, created_at DESC);
CREATE INDEX prospects_dealer_id ON public.prospects USING btree (dealer_id);
CREATE INDEX prospects_event ON public.prospects USING btree (event_id);
CREATE INDEX receipts_blocked ON public.receipts USING btree (event_id, created_at) WHERE (verdict = 'deny'::text);
CREATE INDEX receipts_event ON public.receipts USING btree (event_id, created_at, session_id, n);
CREATE INDEX receipts_organization ON public.receipts USING btree (organization_id, created_at);
CREATE INDEX sandboxes_blueprint ON public.sandboxes USING btree (blueprint_id, created_at DESC);
CREATE INDEX sandboxes_expiry ON public.sandboxes USING btree (expires_at);
CREATE INDEX sessions_event ON public.sessions USING btree (event_id, created_at DESC);
CREATE INDEX sessions_open ON public.sessions USING btree (event_id, last_seen_at) WHERE (ended_at IS NULL);
CREATE INDEX sessions_version ON public.sessions USING btree (version_id);
CREATE INDEX source_files_event ON public.source_files USING btree (event_id);
CREATE INDEX source_files_source ON public.source_files USING btree (source_id);
CREATE INDEX survey_answers_event ON public.survey_answers USING btree (event_id, created_at DESC);
CREATE INDEX tool_calls_event ON public.tool_calls USING btree (event_id, created_at DESC);
CREATE INDEX tool_calls_session ON public.tool_calls USING btree (session_id, id);
CREATE INDEX tool_calls_turn ON public.tool_calls USING btree (turn_id);
CREATE INDEX turn_records_event ON public.turn_records USING btree (event_id, created_at DESC);
CREATE INDEX turn_records_session ON public.turn_records USING btree (session_id, number);
CREATE INDEX turns_event ON public.turns USING btree (event_id, created_at DESC);
ALTER INDEX public.journal_event_kind ATTACH PARTITION public.journal_default_event_id_kind_recorded_at_idx;
ALTER INDEX public.journal_organization ATTACH PARTITION public.journal_default_organization_id_recorded_at_idx;
ALTER INDEX public.journal_pkey ATTACH PARTITION public.journal_default_pkey;
ALTER INDEX public.journal_session ATTACH PARTITION public.journal_default_session_id_idx;
CREATE TRIGGER activate_version AFTER INSERT ON public.event_versions FOR EACH ROW EXECUTE FUNCTION private.activate_version();
CREATE TRIGGER add_event_partition AFTER INSERT ON public.events FOR EACH ROW EXECUTE FUNCTION private.add_event_partition();
CREATE TRIGGER add_unit AFTER INSERT ON public.listings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION private.add_unit();
CREATE TRIGGER check_version BEFORE INSERT ON public.event_versions FOR EACH ROW EXECUTE FUNCTION private.check_version();
CREATE TRIGGER gate_version BEFORE INSERT ON public.event_versions FOR EACH ROW EXECUTE FUNCTION private.gate_version();
CREATE TRIGGER guard_invitation BEFORE INSERT ON public.invitations FOR EACH ROW EXECUTE FUNCTION private.guard_invitation();
CREATE TRIGGER guard_member BEFORE DELETE OR UPDATE OF role ON public.members FOR EACH ROW EXECUTE FUNCTION private.guard_member();
CREATE TRIGGER hide_prospects AFTER UPDATE OF status ON public.leads FOR EACH ROW WHEN ((new.status <> 'open'::text)) EXECUTE FUNCTION private.hide_prospects();
CREATE TRIGGER keep_an_admin AFTER DELETE OR UPDATE OF role ON public.members FOR EACH ROW WHEN ((old.role = 'admin'::public.member_role)) EXECUTE FUNCTION private.keep_an_admin();
CREATE TRIGGER keep_newer_wishes BEFORE UPDATE ON public.buyer_memories FOR EACH ROW EXECUTE FUNCTION private.keep_newer_wishes();
CREATE TRIGGER keep_somebody_who_manages AFTER DELETE OR UPDATE OF role, permissions ON public.members FOR EACH ROW EXECUTE FUNCTION private.keep_a_manager();
CREATE TRIGGER mark_sold AFTER UPDATE OF state ON public.listing_units FOR EACH ROW WHEN (((old.state = 'sold'::text) <> (new.state = 'sold'::text))) EXECUTE FUNCTION private.mark_sold();
CREATE TRIGGER note_creation AFTER INSERT ON public.events FOR EACH ROW EXECUTE FUNCTION private.note_event();
CREATE TRIGGER note_role AFTER UPDATE OF role ON public.members FOR EACH ROW WHEN ((old.role IS DISTINCT FROM new.role)) EXECUTE FUNCTION private.note_role();
CREATE TRIGGER note_status AFTER UPDATE OF status ON public.events FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION private.note_event();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.branch_versions FOR EACH ROW EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE ON public.draft_reviews FOR EACH ROW EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.event_versions FOR EACH ROW EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.journal FOR EACH ROW EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.policy_snapshots FOR EACH ROW EXECUTE FUNCTION private.refuse_while_kept();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.receipt_anchors FOR EACH ROW EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.receipts FOR EACH ROW EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_draft_again BEFORE UPDATE OF status ON public.events FOR EACH ROW WHEN (((new.status = 'draft'::text) AND (old.status <> 'draft'::text))) EXECUTE FUNCTION private.refuse_draft_again();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.branch_versions FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.event_versions FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.journal FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.journal_default FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.policy_snapshots FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.receipt_anchors FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.receipts FOR EACH STATEMENT EXECUTE FUNCTION private.refuse_change();
CREATE TRIGGER tell_blueprint AFTER INSERT OR UPDATE ON public.blueprint_files FOR EACH ROW EXECUTE FUNCTION private.tell_blueprint();
CREATE TRIGGER tell_blueprint AFTER INSERT OR UPDATE ON public.blueprints FOR EACH ROW EXECUTE FUNCTION private.tell_blueprint();
CREATE TRIGGER tell_blueprint AFTER INSERT OR UPDATE ON public.imports FOR EACH ROW EXECUTE FUNCTION private.tell_blueprint();
CREATE TRIGGER tell_event AFTER UPDATE ON public.events FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR (old.catalogue_revision IS DISTINCT FROM new.catalogue_revision))) EXECUTE FUNCTION private.tell_event();
CREATE TRIGGER tell_flag AFTER INSERT OR DELETE OR UPDATE ON public.organization_flags FOR EACH ROW EXECUTE FUNCTION private.tell_flag();
CREATE TRIGGER tell_unit AFTER UPDATE ON public.listing_units FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) OR (old.held_until IS DISTINCT FROM new.held_until))) EXECUTE FUNCTION private.tell_unit();
ALTER TABLE ONLY private.confirmations
    ADD CONSTRAINT confirmations_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;
ALTER TABLE ONLY private.connector_pages
    ADD CONSTRAINT connector_pages_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.connector_runs(id) ON DELETE CASCADE;
ALTER TABLE ONLY private.connector_secrets
    ADD CONSTRAINT connector_secrets_connector_id_fkey FOREIGN KEY (connector_id) REFERENCES public.connectors(id) ON DELETE CASCADE;
ALTER TABLE ONLY private.listing_totals
    ADD CONSTRAINT listing_totals_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY private.web_sessions
    ADD CONSTRAINT web_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.approval_policies
    ADD CONSTRAINT approval_policies_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.attached_media
    ADD CONSTRAINT attached_media_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.blueprint_files
    ADD CONSTRAINT blueprint_files_blueprint_id_fkey FOREIGN KEY (blueprint_id) REFERENCES public.blueprints(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.blueprints
    ADD CONSTRAINT blueprints_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.blueprints
    ADD CONSTRAINT blueprints_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.branch_versions
    ADD CONSTRAINT branch_versions_branch_id_fkey FOREIGN KEY (branch_id) REFERENCES public.branches(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.branches
    ADD CONSTRAINT branches_base_version_id_fkey FOREIGN KEY (base_version_id) REFERENCES public.event_versions(id);
ALTER TABLE ONLY public.branches
    ADD CONSTRAINT branches_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.buyer_memories
    ADD CONSTRAINT buyer_memories_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.buyer_requests
    ADD CONSTRAINT buyer_requests_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.buyer_requests
    ADD CONSTRAINT buyer_requests_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES public.listings(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.buyer_requests
    ADD CONSTRAINT buyer_requests_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.clarifications
    ADD CONSTRAINT clarifications_blueprint_id_fkey FOREIGN KEY (blueprint_id) REFERENCES public.blueprints(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.connector_runs
    ADD CONSTRAINT connector_runs_connector_id_fkey FOREIGN KEY (connector_id) REFERENCES public.connectors(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.connectors
    ADD CONSTRAINT connectors_blueprint_id_fkey FOREIGN KEY (blueprint_id) REFERENCES public.blueprints(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.connectors
    ADD CONSTRAINT connectors_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.dealers
    ADD CONSTRAINT dealers_dealer_id_fkey FOREIGN KEY (dealer_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.dealers
    ADD CONSTRAINT dealers_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.draft_reviews
    ADD CONSTRAINT draft_reviews_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES public.drafts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_base_version_id_fkey FOREIGN KEY (base_version_id) REFERENCES public.event_versions(id);
ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_branch_id_fkey FOREIGN KEY (branch_id) REFERENCES public.branches(id);
ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_published_version_id_fkey FOREIGN KEY (published_version_id) REFERENCES public.event_versions(id);
ALTER TABLE ONLY public.event_attributes
    ADD CONSTRAINT event_attributes_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.event_versions
    ADD CONSTRAINT event_versions_based_on_fkey FOREIGN KEY (based_on) REFERENCES public.event_versions(id);
ALTER TABLE ONLY public.event_versions
    ADD CONSTRAINT event_versions_baseline_id_fkey FOREIGN KEY (baseline_id) REFERENCES public.event_versions(id);
ALTER TABLE ONLY public.event_versions
    ADD CONSTRAINT event_versions_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES public.drafts(id);
ALTER TABLE ONLY public.event_versions
    ADD CONSTRAINT event_versions_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.event_versions
    ADD CONSTRAINT event_versions_restores_fkey FOREIGN KEY (restores) REFERENCES public.event_versions(id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_current_version FOREIGN KEY (current_version_id) REFERENCES public.event_versions(id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.facets
    ADD CONSTRAINT facets_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.holds
    ADD CONSTRAINT holds_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES public.listings(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.holds
    ADD CONSTRAINT holds_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.holds
    ADD CONSTRAINT holds_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.event_versions(id);
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_blueprint_id_fkey FOREIGN KEY (blueprint_id) REFERENCES public.blueprints(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_connector FOREIGN KEY (connector_id) REFERENCES public.connectors(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_file_id_fkey FOREIGN KEY (file_id) REFERENCES public.blueprint_files(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES auth.users(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.lead_contacts
    ADD CONSTRAINT lead_contacts_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES public.leads(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.lead_contacts
    ADD CONSTRAINT lead_contacts_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.listing_embeddings
    ADD CONSTRAINT listing_embeddings_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES public.listings(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.listing_units
    ADD CONSTRAINT listing_units_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.listing_units
    ADD CONSTRAINT listing_units_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES public.listings(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.listings
    ADD CONSTRAINT listings_dealer_id_fkey FOREIGN KEY (dealer_id) REFERENCES public.dealers(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.listings
    ADD CONSTRAINT listings_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.listings
    ADD CONSTRAINT listings_source_file_id_fkey FOREIGN KEY (source_file_id) REFERENCES public.source_files(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.model_exchanges
    ADD CONSTRAINT model_exchanges_turn_id_fkey FOREIGN KEY (turn_id) REFERENCES public.turns(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.model_spend
    ADD CONSTRAINT model_spend_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.organization_flags
    ADD CONSTRAINT organization_flags_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.policy_snapshots
    ADD CONSTRAINT policy_snapshots_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.previews
    ADD CONSTRAINT previews_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES public.drafts(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.previews
    ADD CONSTRAINT previews_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.prospects
    ADD CONSTRAINT prospects_dealer_id_fkey FOREIGN KEY (dealer_id) REFERENCES public.dealers(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.prospects
    ADD CONSTRAINT prospects_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.prospects
    ADD CONSTRAINT prospects_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES public.leads(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.remembered_columns
    ADD CONSTRAINT remembered_columns_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES public.organizations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sandboxes
    ADD CONSTRAINT sandboxes_blueprint_id_fkey FOREIGN KEY (blueprint_id) REFERENCES public.blueprints(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sandboxes
    ADD CONSTRAINT sandboxes_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_buyer_user_id_fkey FOREIGN KEY (buyer_user_id) REFERENCES auth.users(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.event_versions(id);
ALTER TABLE ONLY public.source_files
    ADD CONSTRAINT source_files_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.source_files
    ADD CONSTRAINT source_files_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.sources(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sources
    ADD CONSTRAINT sources_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.survey_answers
    ADD CONSTRAINT survey_answers_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tool_calls
    ADD CONSTRAINT tool_calls_turn_id_fkey FOREIGN KEY (turn_id) REFERENCES public.turns(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.turn_records
    ADD CONSTRAINT turn_records_turn_id_fkey FOREIGN KEY (turn_id) REFERENCES public.turns(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;
ALTER TABLE private.answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE private.confirmations ENABLE ROW LEVEL SECURITY;
ALTER TABLE private.connector_pages ENABLE ROW LEVEL SECURITY;
ALTER TABLE private.connector_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE private.listing_scan ENABLE ROW LEVEL SECURITY;
ALTER TABLE private.listing_totals ENABLE ROW LEVEL SECURITY;
ALTER TABLE private.path_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE private.verbs ENABLE ROW LEVEL SECURITY;
ALTER TABLE private.web_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.alerts ENABLE ROW LEVEL SECURITY;
CREATE POLICY alerts_read ON public.alerts FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.approval_policies ENABLE ROW LEVEL SECURITY;
CREATE POLICY approval_policies_read ON public.approval_policies FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.attached_media ENABLE ROW LEVEL SECURITY;
CREATE POLICY attached_media_read ON public.attached_media FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
CREATE POLICY attributes_read ON public.event_attributes FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
CREATE POLICY attributes_shop ON public.event_attributes FOR SELECT TO anon USING ((event_id = ( SELECT private.session_event_id() AS session_event_id)));
ALTER TABLE public.blueprint_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY blueprint_files_read ON public.blueprint_files FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.blueprints ENABLE ROW LEVEL SECURITY;
CREATE POLICY blueprints_read ON public.blueprints FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.branch_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY branch_versions_read ON public.branch_versions FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.branches ENABLE ROW LEVEL SECURITY;
CREATE POLICY branches_read ON public.branches FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.buyer_memories ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.buyer_requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY buyer_requests_own ON public.buyer_requests FOR SELECT TO anon USING ((session_id = ( SELECT private.session_id() AS session_id)));
CREATE POLICY buyer_requests_read ON public.buyer_requests FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.clarifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY clarifications_read ON public.clarifications FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.connector_runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY connector_runs_read ON public.connector_runs FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.connectors ENABLE ROW LEVEL SECURITY;
CREATE POLICY connectors_read ON public.connectors FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
CREATE POLICY contacts_own ON public.lead_contacts FOR SELECT TO anon USING ((session_id = ( SELECT private.session_id() AS session_id)));
ALTER TABLE public.dealers ENABLE ROW LEVEL SECURITY;
CREATE POLICY dealers_change ON public.dealers FOR UPDATE TO authenticated USING ((seller_id IN ( SELECT private.organizations_of_actor(VARIADIC ARRAY['admin'::text]) AS organizations_of_actor))) WITH CHECK ((seller_id IN ( SELECT private.organizations_of_actor(VARIADIC ARRAY['admin'::text]) AS organizations_of_actor)));
CREATE POLICY dealers_read ON public.dealers FOR SELECT TO authenticated USING (((seller_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)) OR (dealer_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor))));
ALTER TABLE public.draft_reviews ENABLE ROW LEVEL SECURITY;
CREATE POLICY draft_reviews_read ON public.draft_reviews FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.drafts ENABLE ROW LEVEL SECURITY;
CREATE POLICY drafts_read ON public.drafts FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
CREATE POLICY embeddings_read ON public.listing_embeddings FOR SELECT TO authenticated USING ((listing_id IN ( SELECT l.id
   FROM public.listings l)));
ALTER TABLE public.event_attributes ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.event_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY events_change ON public.events FOR UPDATE TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('deploy_to_production'::text) AS organizations_where))) WITH CHECK ((organization_id IN ( SELECT private.organizations_where('deploy_to_production'::text) AS organizations_where)));
CREATE POLICY events_create ON public.events FOR INSERT TO authenticated WITH CHECK (((organization_id IN ( SELECT private.organizations_where('deploy_to_production'::text) AS organizations_where)) AND (created_by = ( SELECT auth.uid() AS uid))));
CREATE POLICY events_read ON public.events FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
ALTER TABLE public.facets ENABLE ROW LEVEL SECURITY;
CREATE POLICY facets_read ON public.facets FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
CREATE POLICY facets_shop ON public.facets FOR SELECT TO anon USING ((event_id = ( SELECT private.session_event_id() AS session_event_id)));
ALTER TABLE public.holds ENABLE ROW LEVEL SECURITY;
CREATE POLICY holds_own ON public.holds FOR SELECT TO anon USING ((session_id = ( SELECT private.session_id() AS session_id)));
CREATE POLICY holds_read ON public.holds FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
ALTER TABLE public.imports ENABLE ROW LEVEL SECURITY;
CREATE POLICY imports_read ON public.imports FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY invitations_add ON public.invitations FOR INSERT TO authenticated WITH CHECK (((organization_id IN ( SELECT private.organizations_of_actor(VARIADIC ARRAY['admin'::text]) AS organizations_of_actor)) AND (invited_by = ( SELECT auth.uid() AS uid))));
CREATE POLICY invitations_manage ON public.invitations AS RESTRICTIVE FOR INSERT TO authenticated WITH CHECK ((organization_id IN ( SELECT private.organizations_where('manage_permissions'::text) AS organizations_where)));
CREATE POLICY invitations_read ON public.invitations FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor(VARIADIC ARRAY['admin'::text]) AS organizations_of_actor)));
CREATE POLICY invitations_remove ON public.invitations FOR DELETE TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor(VARIADIC ARRAY['admin'::text]) AS organizations_of_actor)));
ALTER TABLE public.journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.journal_default ENABLE ROW LEVEL SECURITY;
CREATE POLICY journal_read ON public.journal FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
ALTER TABLE public.lead_contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.leads ENABLE ROW LEVEL SECURITY;
CREATE POLICY leads_own ON public.leads FOR SELECT TO anon USING ((session_id = ( SELECT private.session_id() AS session_id)));
CREATE POLICY leads_read ON public.leads FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
ALTER TABLE public.listing_embeddings ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.listing_units ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.listings ENABLE ROW LEVEL SECURITY;
CREATE POLICY listings_read ON public.listings FOR SELECT TO authenticated USING (((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)) OR (dealer_id IN ( SELECT d.id
   FROM public.dealers d
  WHERE ((d.status = 'active'::text) AND (d.dealer_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)))))));
CREATE POLICY listings_shop ON public.listings FOR SELECT TO anon USING ((listed AND (event_id = ( SELECT private.session_event_id() AS session_event_id))));
ALTER TABLE public.members ENABLE ROW LEVEL SECURITY;
CREATE POLICY members_change ON public.members FOR UPDATE TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor(VARIADIC ARRAY['admin'::text]) AS organizations_of_actor))) WITH CHECK ((organization_id IN ( SELECT private.organizations_of_actor(VARIADIC ARRAY['admin'::text]) AS organizations_of_actor)));
CREATE POLICY members_dismiss ON public.members AS RESTRICTIVE FOR DELETE TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('manage_permissions'::text) AS organizations_where)));
CREATE POLICY members_manage ON public.members AS RESTRICTIVE FOR UPDATE TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('manage_permissions'::text) AS organizations_where)));
CREATE POLICY members_read ON public.members FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
CREATE POLICY members_remove ON public.members FOR DELETE TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor(VARIADIC ARRAY['admin'::text]) AS organizations_of_actor)));
ALTER TABLE public.model_exchanges ENABLE ROW LEVEL SECURITY;
CREATE POLICY model_exchanges_read ON public.model_exchanges FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.model_spend ENABLE ROW LEVEL SECURITY;
CREATE POLICY model_spend_read ON public.model_spend FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.organization_flags ENABLE ROW LEVEL SECURITY;
CREATE POLICY organization_flags_read ON public.organization_flags FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.organizations ENABLE ROW LEVEL SECURITY;
CREATE POLICY organizations_read ON public.organizations FOR SELECT TO authenticated USING (((id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)) OR (id IN ( SELECT private.partners_of_actor() AS partners_of_actor))));
CREATE POLICY organizations_rename ON public.organizations FOR UPDATE TO authenticated USING ((id IN ( SELECT private.organizations_of_actor(VARIADIC ARRAY['admin'::text]) AS organizations_of_actor))) WITH CHECK ((id IN ( SELECT private.organizations_of_actor(VARIADIC ARRAY['admin'::text]) AS organizations_of_actor)));
ALTER TABLE public.policy_snapshots ENABLE ROW LEVEL SECURITY;
CREATE POLICY policy_snapshots_read ON public.policy_snapshots FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.previews ENABLE ROW LEVEL SECURITY;
CREATE POLICY previews_read ON public.previews FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.prospects ENABLE ROW LEVEL SECURITY;
CREATE POLICY prospects_read ON public.prospects FOR SELECT TO authenticated USING (((dealer_organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)) AND (dealer_id IN ( SELECT d.id
   FROM public.dealers d
  WHERE (d.status = 'active'::text)))));
ALTER TABLE public.receipt_anchors ENABLE ROW LEVEL SECURITY;
CREATE POLICY receipt_anchors_read ON public.receipt_anchors FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.receipts ENABLE ROW LEVEL SECURITY;
CREATE POLICY receipts_read ON public.receipts FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.remembered_columns ENABLE ROW LEVEL SECURITY;
CREATE POLICY remembered_columns_read ON public.remembered_columns FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.sandboxes ENABLE ROW LEVEL SECURITY;
CREATE POLICY sandboxes_read ON public.sandboxes FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY sessions_own ON public.sessions FOR SELECT TO anon USING ((id = ( SELECT private.session_id() AS session_id)));
CREATE POLICY sessions_read ON public.sessions FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
ALTER TABLE public.source_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY source_files_read ON public.source_files FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
ALTER TABLE public.sources ENABLE ROW LEVEL SECURITY;
CREATE POLICY sources_read ON public.sources FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
ALTER TABLE public.survey_answers ENABLE ROW LEVEL SECURITY;
CREATE POLICY survey_answers_read ON public.survey_answers FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.tool_calls ENABLE ROW LEVEL SECURITY;
CREATE POLICY tool_calls_read ON public.tool_calls FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.turn_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY turn_records_read ON public.turn_records FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
ALTER TABLE public.turns ENABLE ROW LEVEL SECURITY;
CREATE POLICY turns_own ON public.turns FOR SELECT TO anon USING ((session_id = ( SELECT private.session_id() AS session_id)));
CREATE POLICY turns_read ON public.turns FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
CREATE POLICY units_read ON public.listing_units FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_of_actor() AS organizations_of_actor)));
CREATE POLICY units_shop ON public.listing_units FOR SELECT TO anon USING ((event_id = ( SELECT private.session_event_id() AS session_event_id)));
CREATE POLICY versions_read ON public.event_versions FOR SELECT TO authenticated USING ((organization_id IN ( SELECT private.organizations_where('view_config'::text) AS organizations_where)));
GRANT USAGE ON SCHEMA private TO anon;
GRANT USAGE ON SCHEMA private TO authenticated;
GRANT USAGE ON SCHEMA private TO service_role;
GRANT USAGE ON SCHEMA public TO anon;
GRANT USAGE ON SCHEMA public TO authenticated;
GRANT USAGE ON SCHEMA public TO service_role;
REVOKE ALL ON FUNCTION private.accept_invitation(p_token_sha256 bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.accept_invitation(p_token_sha256 bytea) TO authenticated;
REVOKE ALL ON FUNCTION private.activate_version() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.acts_as_system() FROM PUBLIC;
GRANT ALL ON FUNCTION private.acts_as_system() TO anon;
GRANT ALL ON FUNCTION private.acts_as_system() TO authenticated;
GRANT ALL ON FUNCTION private.acts_as_system() TO service_role;
GRANT ALL ON TABLE public.blueprint_files TO service_role;
GRANT SELECT ON TABLE public.blueprint_files TO authenticated;
REVOKE ALL ON FUNCTION private.add_blueprint_file(p_blueprint uuid, p_kind text, p_name text, p_media_type text, p_bytes bigint, p_sha256 text, p_path text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.add_blueprint_file(p_blueprint uuid, p_kind text, p_name text, p_media_type text, p_bytes bigint, p_sha256 text, p_path text) TO authenticated;
REVOKE ALL ON FUNCTION private.add_event_partition() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.add_journal_month(month date) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.add_unit() FROM PUBLIC;
GRANT ALL ON TABLE public.receipt_anchors TO service_role;
GRANT SELECT ON TABLE public.receipt_anchors TO authenticated;
REVOKE ALL ON FUNCTION private.anchor_sha256(a public.receipt_anchors) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.append_receipts(p_session uuid, p_entries jsonb) FROM PUBLIC;
GRANT ALL ON TABLE public.clarifications TO service_role;
GRANT SELECT ON TABLE public.clarifications TO authenticated;
REVOKE ALL ON FUNCTION private.apply_clarification(p_clarification uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.apply_clarification(p_clarification uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.apply_media(p_event uuid) FROM PUBLIC;
GRANT ALL ON TABLE public.approval_policies TO service_role;
GRANT SELECT ON TABLE public.approval_policies TO authenticated;
REVOKE ALL ON FUNCTION private.approval_policy(p_organization uuid) FROM PUBLIC;
GRANT ALL ON TABLE public.drafts TO service_role;
GRANT SELECT ON TABLE public.drafts TO authenticated;
REVOKE ALL ON FUNCTION private.approvals_of(p_draft public.drafts, p_risk text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.attach_media(p_event uuid, p_media jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.attach_media(p_event uuid, p_media jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.beat_import(p_import uuid, p_stage text, p_done bigint, p_total bigint, p_rows bigint, p_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.beat_import(p_import uuid, p_stage text, p_done bigint, p_total bigint, p_rows bigint, p_seconds integer) TO authenticated;
REVOKE ALL ON FUNCTION private.blast_radius(p_event uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.blueprint_file_for(p_file uuid) FROM PUBLIC;
GRANT ALL ON TABLE public.blueprints TO service_role;
GRANT SELECT ON TABLE public.blueprints TO authenticated;
REVOKE ALL ON FUNCTION private.blueprint_for(p_blueprint uuid) FROM PUBLIC;
GRANT ALL ON TABLE public.branches TO service_role;
GRANT SELECT ON TABLE public.branches TO authenticated;
REVOKE ALL ON FUNCTION private.branch_for(p_branch uuid) FROM PUBLIC;
GRANT ALL ON TABLE public.connector_runs TO service_role;
GRANT SELECT ON TABLE public.connector_runs TO authenticated;
REVOKE ALL ON FUNCTION private.cancel_connector_run(p_run uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.cancel_connector_run(p_run uuid) TO authenticated;
GRANT ALL ON TABLE public.imports TO service_role;
GRANT SELECT ON TABLE public.imports TO authenticated;
REVOKE ALL ON FUNCTION private.cancel_import(p_import uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.cancel_import(p_import uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.carried_state(p_state jsonb, p_gone jsonb, p_renames jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.catalogue_revision(p_event uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.catalogue_revision(p_event uuid) TO anon;
GRANT ALL ON FUNCTION private.catalogue_revision(p_event uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.change_blueprint(p_blueprint uuid, p_revision integer, p_changes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.change_blueprint(p_blueprint uuid, p_revision integer, p_changes jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.changed_patterns(p_before jsonb, p_after jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.check_renames(p_renames jsonb, p_gone jsonb, p_after jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.check_version() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.claim(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.claim(name text) TO anon;
GRANT ALL ON FUNCTION private.claim(name text) TO authenticated;
GRANT ALL ON FUNCTION private.claim(name text) TO service_role;
REVOKE ALL ON FUNCTION private.claim_answer(p_operation text, p_key text, p_request_sha256 text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.claim_answer(p_operation text, p_key text, p_request_sha256 text) TO anon;
GRANT ALL ON FUNCTION private.claim_answer(p_operation text, p_key text, p_request_sha256 text) TO authenticated;
REVOKE ALL ON FUNCTION private.claim_blueprint_file(p_file uuid, p_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.claim_blueprint_file(p_file uuid, p_seconds integer) TO authenticated;
REVOKE ALL ON FUNCTION private.claim_import(p_import uuid, p_seconds integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.clear_leftovers(p_blueprint uuid, p_event uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.close_branch(p_branch uuid, p_status text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.close_branch(p_branch uuid, p_status text) TO authenticated;
REVOKE ALL ON FUNCTION private.close_web_session(p_token_sha256 bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.close_web_session(p_token_sha256 bytea) TO anon;
GRANT ALL ON FUNCTION private.close_web_session(p_token_sha256 bytea) TO authenticated;
REVOKE ALL ON FUNCTION private.columns_of(p_files uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.columns_of(p_files uuid[]) TO anon;
GRANT ALL ON FUNCTION private.columns_of(p_files uuid[]) TO authenticated;
GRANT ALL ON TABLE public.branch_versions TO service_role;
GRANT SELECT ON TABLE public.branch_versions TO authenticated;
REVOKE ALL ON FUNCTION private.commit_to_branch(p_branch uuid, p_number integer, p_source text, p_canonical text, p_sha256 text, p_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.commit_to_branch(p_branch uuid, p_number integer, p_source text, p_canonical text, p_sha256 text, p_message text) TO authenticated;
REVOKE ALL ON FUNCTION private.confirm_reasons(p_policy jsonb, p_strict boolean, p_verb text, p_origin text, p_confirm boolean, p_idempotent boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION private.confirm_reasons(p_policy jsonb, p_strict boolean, p_verb text, p_origin text, p_confirm boolean, p_idempotent boolean) TO anon;
GRANT ALL ON FUNCTION private.confirm_reasons(p_policy jsonb, p_strict boolean, p_verb text, p_origin text, p_confirm boolean, p_idempotent boolean) TO authenticated;
GRANT ALL ON TABLE public.connectors TO service_role;
GRANT SELECT ON TABLE public.connectors TO authenticated;
REVOKE ALL ON FUNCTION private.connector_for(p_connector uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.consequences(p_event uuid, p_target integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.consequences(p_event uuid, p_target integer) TO authenticated;
REVOKE ALL ON FUNCTION private.count_by_dealer(p_event uuid, p_filters jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.count_by_dealer(p_event uuid, p_filters jsonb) TO anon;
GRANT ALL ON FUNCTION private.count_by_dealer(p_event uuid, p_filters jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.count_listings(p_event uuid, p_filters jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.count_listings(p_event uuid, p_filters jsonb) TO anon;
GRANT ALL ON FUNCTION private.count_listings(p_event uuid, p_filters jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.current_policy() FROM PUBLIC;
GRANT ALL ON FUNCTION private.current_policy() TO anon;
GRANT ALL ON FUNCTION private.current_policy() TO authenticated;
REVOKE ALL ON FUNCTION private.decide_blueprint_file(p_file uuid, p_revision integer, p_decisions jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.decide_blueprint_file(p_file uuid, p_revision integer, p_decisions jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.demand(p_organization uuid, p_permission text, p_hidden text) FROM PUBLIC;
GRANT ALL ON TABLE public.events TO service_role;
GRANT SELECT ON TABLE public.events TO authenticated;
GRANT INSERT(organization_id) ON TABLE public.events TO authenticated;
GRANT INSERT(slug) ON TABLE public.events TO authenticated;
GRANT INSERT(name) ON TABLE public.events TO authenticated;
GRANT UPDATE(status) ON TABLE public.events TO authenticated;
GRANT INSERT(created_by) ON TABLE public.events TO authenticated;
REVOKE ALL ON FUNCTION private.demand_changes(event public.events, p_own boolean, p_before text, p_after text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.demand_inventory(p_event uuid) FROM PUBLIC;
GRANT ALL ON TABLE public.sessions TO service_role;
GRANT SELECT ON TABLE public.sessions TO anon;
GRANT SELECT ON TABLE public.sessions TO authenticated;
REVOKE ALL ON FUNCTION private.demand_pace(own public.sessions, p_verb text, p_verdict text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.demand_scope(own public.sessions, event public.events, p_verb text, p_arguments jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.detach_media(p_event uuid, p_external_id text, p_sha256 text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.detach_media(p_event uuid, p_external_id text, p_sha256 text) TO authenticated;
REVOKE ALL ON FUNCTION private.discard_blueprint(p_blueprint uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.discard_blueprint(p_blueprint uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.discard_draft(p_draft uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.discard_draft(p_draft uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.draft_for(p_draft uuid, p_revision integer, p_permission text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.draft_needs(p_draft uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.draft_needs(p_draft uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.email_of(p_user uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.email_of(p_user uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.end_imports(p_blueprint uuid) FROM PUBLIC;
GRANT ALL ON TABLE public.buyer_requests TO service_role;
GRANT SELECT ON TABLE public.buyer_requests TO anon;
GRANT SELECT ON TABLE public.buyer_requests TO authenticated;
REVOKE ALL ON FUNCTION private.end_request(p_request uuid, p_status text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.end_request(p_request uuid, p_status text) TO authenticated;
REVOKE ALL ON FUNCTION private.ensure_event_partition(p_event uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.enter_as_system(reason text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.exact_arguments(p_verb text, p_arguments jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.exceeds(p_one jsonb, p_other jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.expire_hold(p_hold uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.facet_counts(p_event uuid, p_filters jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.facet_counts(p_event uuid, p_filters jsonb) TO anon;
GRANT ALL ON FUNCTION private.facet_counts(p_event uuid, p_filters jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.fail(status integer, code text, facts jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.fail(status integer, code text, facts jsonb) TO anon;
GRANT ALL ON FUNCTION private.fail(status integer, code text, facts jsonb) TO authenticated;
GRANT ALL ON FUNCTION private.fail(status integer, code text, facts jsonb) TO service_role;
REVOKE ALL ON FUNCTION private.filled_section(p_name text, p_section jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.find_listings(p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text, p_limit integer, p_sample integer, p_like bigint, OUT ids bigint[], OUT parts double precision[], OUT matches integer, OUT bits bytea, OUT numbers bytea, OUT hit_bits bytea, OUT hit_numbers bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.find_listings(p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text, p_limit integer, p_sample integer, p_like bigint, OUT ids bigint[], OUT parts double precision[], OUT matches integer, OUT bits bytea, OUT numbers bytea, OUT hit_bits bytea, OUT hit_numbers bytea) TO anon;
GRANT ALL ON FUNCTION private.find_listings(p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text, p_limit integer, p_sample integer, p_like bigint, OUT ids bigint[], OUT parts double precision[], OUT matches integer, OUT bits bytea, OUT numbers bytea, OUT hit_bits bytea, OUT hit_numbers bytea) TO authenticated;
REVOKE ALL ON FUNCTION private.finish_blueprint_file(p_file uuid, p_kind text, p_findings jsonb, p_problem jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.finish_blueprint_file(p_file uuid, p_kind text, p_findings jsonb, p_problem jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.finish_import(p_import uuid, p_report jsonb, p_problem jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.flags_of(p_organization uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.forget_column(p_organization uuid, p_source text, p_header text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.forget_column(p_organization uuid, p_source text, p_header text) TO authenticated;
REVOKE ALL ON FUNCTION private.forget_visitor() FROM PUBLIC;
GRANT ALL ON FUNCTION private.forget_visitor() TO anon;
REVOKE ALL ON FUNCTION private.fresh_versions(p_version uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.gate_version() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.gone(p_event uuid, p_before jsonb, p_after jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.guard(p_verb text, p_arguments jsonb, p_confirmation uuid, p_origin text, p_standing boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.guard_invitation() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.guard_member() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.hide_prospects() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.inputs_sha256(p_verb text, p_arguments jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.int_array(p_ids jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.is_sealing_due() FROM PUBLIC;
GRANT ALL ON FUNCTION private.is_sealing_due() TO anon;
GRANT ALL ON FUNCTION private.is_sealing_due() TO authenticated;
REVOKE ALL ON FUNCTION private.is_work_left() FROM PUBLIC;
GRANT ALL ON FUNCTION private.is_work_left() TO anon;
GRANT ALL ON FUNCTION private.is_work_left() TO authenticated;
REVOKE ALL ON FUNCTION private.judge_blueprint(p_blueprint uuid, p_verdict text, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.judge_blueprint(p_blueprint uuid, p_verdict text, p_reason text) TO authenticated;
REVOKE ALL ON FUNCTION private.keep_a_manager() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.keep_an_admin() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.keep_answer(p_operation text, p_key text, p_status integer, p_body jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.keep_answer(p_operation text, p_key text, p_status integer, p_body jsonb) TO anon;
GRANT ALL ON FUNCTION private.keep_answer(p_operation text, p_key text, p_status integer, p_body jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.keep_clarification(p_blueprint uuid, p_said text, p_understood text, p_changes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.keep_clarification(p_blueprint uuid, p_said text, p_understood text, p_changes jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.keep_connector(p_event uuid, p_blueprint uuid, p_name text, p_plan jsonb, p_mapping jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.keep_connector(p_event uuid, p_blueprint uuid, p_name text, p_plan jsonb, p_mapping jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.keep_house(p_now timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.keep_newer_wishes() FROM PUBLIC;
GRANT ALL ON TABLE public.previews TO service_role;
GRANT SELECT ON TABLE public.previews TO authenticated;
REVOKE ALL ON FUNCTION private.keep_preview(p_event uuid, p_draft uuid, p_document jsonb, p_sha256 text, p_results jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.keep_preview(p_event uuid, p_draft uuid, p_document jsonb, p_sha256 text, p_results jsonb) TO authenticated;
GRANT ALL ON TABLE public.policy_snapshots TO service_role;
GRANT SELECT ON TABLE public.policy_snapshots TO authenticated;
REVOKE ALL ON FUNCTION private.keep_snapshot(own public.sessions, p_policy jsonb, p_facts jsonb, p_reason text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.kills_of(event public.events) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.laid_over(p_lower jsonb, p_upper jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.leaf_values(p_document jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.lever_allows(p_lever jsonb, p_from jsonb, p_to jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.list_members(p_organization uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.list_members(p_organization uuid) TO anon;
GRANT ALL ON FUNCTION private.list_members(p_organization uuid) TO authenticated;
GRANT ALL ON FUNCTION private.list_members(p_organization uuid) TO service_role;
REVOKE ALL ON FUNCTION private.listing_predicate(p_event uuid, p_filters jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.listing_scan_of(p_event uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.lock_session() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.make_request(p_kind text, p_listing bigint, p_details jsonb, p_key text, p_confirmation uuid, p_origin text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.make_request(p_kind text, p_listing bigint, p_details jsonb, p_key text, p_confirmation uuid, p_origin text) TO anon;
REVOKE ALL ON FUNCTION private.mark_sold() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.may(p_organization uuid, p_permission text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.may(p_organization uuid, p_permission text) TO anon;
GRANT ALL ON FUNCTION private.may(p_organization uuid, p_permission text) TO authenticated;
GRANT ALL ON FUNCTION private.may(p_organization uuid, p_permission text) TO service_role;
REVOKE ALL ON FUNCTION private.may_edit(p_organization uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.may_edit(p_organization uuid) TO anon;
GRANT ALL ON FUNCTION private.may_edit(p_organization uuid) TO authenticated;
GRANT ALL ON FUNCTION private.may_edit(p_organization uuid) TO service_role;
REVOKE ALL ON FUNCTION private.may_listen(topic text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.may_listen(topic text) TO anon;
GRANT ALL ON FUNCTION private.may_listen(topic text) TO authenticated;
GRANT ALL ON TABLE public.event_versions TO service_role;
GRANT SELECT ON TABLE public.event_versions TO authenticated;
REVOKE ALL ON FUNCTION private.move_lever(p_event uuid, p_number integer, p_canonical text, p_source text, p_sha256 text, p_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.move_lever(p_event uuid, p_number integer, p_canonical text, p_source text, p_sha256 text, p_message text) TO authenticated;
REVOKE ALL ON FUNCTION private.my_permissions(p_organization uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.my_permissions(p_organization uuid) TO anon;
GRANT ALL ON FUNCTION private.my_permissions(p_organization uuid) TO authenticated;
GRANT ALL ON FUNCTION private.my_permissions(p_organization uuid) TO service_role;
REVOKE ALL ON FUNCTION private.needs_of(p_event uuid, p_after jsonb, p_contributors uuid[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.note_blocks(p_event uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.note_blueprint_file(p_file uuid, p_stage text, p_done bigint, p_total bigint, p_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.note_blueprint_file(p_file uuid, p_stage text, p_done bigint, p_total bigint, p_seconds integer) TO authenticated;
REVOKE ALL ON FUNCTION private.note_event() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.note_failure() FROM PUBLIC;
GRANT ALL ON FUNCTION private.note_failure() TO anon;
REVOKE ALL ON FUNCTION private.note_import(p_import uuid, p_stage text, p_done bigint, p_total bigint, p_rows bigint, p_seconds integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.note_role() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.objections_to(p_draft public.drafts) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.only_bit(p_event uuid, p_ids jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.open_blueprint(p_organization uuid, p_title text, p_template text, p_event uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.open_blueprint(p_organization uuid, p_title text, p_template text, p_event uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.open_branch(p_event uuid, p_name text, p_description text, p_base integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.open_branch(p_event uuid, p_name text, p_description text, p_base integer) TO authenticated;
REVOKE ALL ON FUNCTION private.open_confirmations() FROM PUBLIC;
GRANT ALL ON FUNCTION private.open_confirmations() TO anon;
GRANT ALL ON FUNCTION private.open_confirmations() TO authenticated;
GRANT ALL ON TABLE public.leads TO service_role;
GRANT SELECT ON TABLE public.leads TO anon;
GRANT SELECT ON TABLE public.leads TO authenticated;
REVOKE ALL ON FUNCTION private.open_lead(p_wishes jsonb, p_portrait jsonb, p_contact jsonb, p_matches jsonb, p_refresh boolean, p_confirmation uuid, p_origin text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.open_lead(p_wishes jsonb, p_portrait jsonb, p_contact jsonb, p_matches jsonb, p_refresh boolean, p_confirmation uuid, p_origin text) TO anon;
GRANT ALL ON TABLE public.sandboxes TO service_role;
GRANT SELECT ON TABLE public.sandboxes TO authenticated;
REVOKE ALL ON FUNCTION private.open_sandbox(p_blueprint uuid, p_slug text, p_name text, p_source text, p_canonical text, p_sha256 text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.open_sandbox(p_blueprint uuid, p_slug text, p_name text, p_source text, p_canonical text, p_sha256 text) TO authenticated;
REVOKE ALL ON FUNCTION private.open_session(p_event_slug text, p_version uuid, p_state jsonb, p_arms jsonb, p_policy jsonb, p_facts jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.open_session(p_event_slug text, p_version uuid, p_state jsonb, p_arms jsonb, p_policy jsonb, p_facts jsonb) TO anon;
REVOKE ALL ON FUNCTION private.open_web_session(p_token_sha256 bytea, p_hours integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.open_web_session(p_token_sha256 bytea, p_hours integer) TO authenticated;
REVOKE ALL ON FUNCTION private.organizations_of_actor(VARIADIC roles text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.organizations_of_actor(VARIADIC roles text[]) TO anon;
GRANT ALL ON FUNCTION private.organizations_of_actor(VARIADIC roles text[]) TO authenticated;
GRANT ALL ON FUNCTION private.organizations_of_actor(VARIADIC roles text[]) TO service_role;
REVOKE ALL ON FUNCTION private.organizations_where(p_permission text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.organizations_where(p_permission text) TO anon;
GRANT ALL ON FUNCTION private.organizations_where(p_permission text) TO authenticated;
GRANT ALL ON FUNCTION private.organizations_where(p_permission text) TO service_role;
REVOKE ALL ON FUNCTION private.packed_columns(OUT bits text, OUT numbers text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.partners_of_actor() FROM PUBLIC;
GRANT ALL ON FUNCTION private.partners_of_actor() TO anon;
GRANT ALL ON FUNCTION private.partners_of_actor() TO authenticated;
GRANT ALL ON FUNCTION private.partners_of_actor() TO service_role;
REVOKE ALL ON FUNCTION private.permissions_of(p_role text, p_overrides jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.permissions_of(p_role text, p_overrides jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.pinned_version(p_version uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.pinned_version(p_version uuid) TO anon;
GRANT ALL ON FUNCTION private.pinned_version(p_version uuid) TO authenticated;
GRANT ALL ON TABLE public.holds TO service_role;
GRANT SELECT ON TABLE public.holds TO anon;
GRANT SELECT ON TABLE public.holds TO authenticated;
REVOKE ALL ON FUNCTION private.place_hold(p_listing bigint, p_key text, p_confirmation uuid, p_origin text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.place_hold(p_listing bigint, p_key text, p_confirmation uuid, p_origin text) TO anon;
REVOKE ALL ON FUNCTION private.policy_for(own public.sessions, p_verb text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.policy_verdict(p_policy jsonb, p_kills jsonb, p_call jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.policy_verdict(p_policy jsonb, p_kills jsonb, p_call jsonb) TO anon;
GRANT ALL ON FUNCTION private.policy_verdict(p_policy jsonb, p_kills jsonb, p_call jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.prepare_action(p_verb text, p_arguments jsonb, p_origin text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.prepare_action(p_verb text, p_arguments jsonb, p_origin text) TO anon;
REVOKE ALL ON FUNCTION private.publish_blueprint(p_blueprint uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.publish_blueprint(p_blueprint uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.publish_draft(p_draft uuid, p_revision integer, p_carry text, p_renames jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.publish_draft(p_draft uuid, p_revision integer, p_carry text, p_renames jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.publish_version(p_event uuid, p_number integer, p_canonical text, p_source text, p_sha256 text, p_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.publish_version(p_event uuid, p_number integer, p_canonical text, p_source text, p_sha256 text, p_message text) TO authenticated;
REVOKE ALL ON FUNCTION private.read_approval_policy(p_organization uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.read_approval_policy(p_organization uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.recall_draft(p_draft uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.recall_draft(p_draft uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.recall_visitor(p_visitor text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.recall_visitor(p_visitor text) TO anon;
GRANT ALL ON TABLE public.receipts TO service_role;
GRANT SELECT ON TABLE public.receipts TO authenticated;
REVOKE ALL ON FUNCTION private.receipt_sha256(r public.receipts) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.record_action(p_action text, p_listing bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION private.record_action(p_action text, p_listing bigint) TO anon;
REVOKE ALL ON FUNCTION private.record_block(p_verb text, p_arguments jsonb, p_origin text, p_reasons text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.record_block(p_verb text, p_arguments jsonb, p_origin text, p_reasons text[]) TO anon;
REVOKE ALL ON FUNCTION private.record_exchanges(own public.sessions, p_turn bigint, p_exchanges jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.record_exposure(p_experiment text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.record_exposure(p_experiment text) TO anon;
REVOKE ALL ON FUNCTION private.record_fact(p_kind text, p_facts jsonb, p_organization uuid, p_event uuid, p_session uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.record_fact(p_kind text, p_facts jsonb, p_organization uuid, p_event uuid, p_session uuid) TO anon;
GRANT ALL ON FUNCTION private.record_fact(p_kind text, p_facts jsonb, p_organization uuid, p_event uuid, p_session uuid) TO authenticated;
GRANT ALL ON FUNCTION private.record_fact(p_kind text, p_facts jsonb, p_organization uuid, p_event uuid, p_session uuid) TO service_role;
REVOKE ALL ON FUNCTION private.record_receipt(p_verb text, p_origin text, p_verdict text, p_reasons text[], p_inputs_sha256 text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.record_receipt(p_verb text, p_origin text, p_verdict text, p_reasons text[], p_inputs_sha256 text) TO anon;
REVOKE ALL ON FUNCTION private.record_receipts(p_entries jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.record_receipts(p_entries jsonb) TO anon;
REVOKE ALL ON FUNCTION private.record_refusal(p_listing bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION private.record_refusal(p_listing bigint) TO anon;
REVOKE ALL ON FUNCTION private.record_survey(p_answers jsonb, p_nps integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.record_survey(p_answers jsonb, p_nps integer) TO anon;
REVOKE ALL ON FUNCTION private.record_turn(p_turn jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.record_turn(p_turn jsonb) TO anon;
REVOKE ALL ON FUNCTION private.refresh_policy(p_policy jsonb, p_facts jsonb, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.refresh_policy(p_policy jsonb, p_facts jsonb, p_reason text) TO anon;
REVOKE ALL ON FUNCTION private.refuse_change() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.refuse_draft_again() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.refuse_over(draft public.drafts) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.refuse_risk(p_risk text, own jsonb) FROM PUBLIC;
GRANT ALL ON TABLE public.listing_units TO service_role;
GRANT SELECT ON TABLE public.listing_units TO anon;
GRANT SELECT ON TABLE public.listing_units TO authenticated;
REVOKE ALL ON FUNCTION private.refuse_taken(unit public.listing_units, p_session uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.refuse_unapproved(needs jsonb, given integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.refuse_while_kept() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.rehearse_holds(p_sandbox uuid, p_listing bigint, p_buyers integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.rehearsed_hold(p_listing bigint, p_key text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.release_hold(p_hold uuid, p_confirmation uuid, p_origin text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.release_hold(p_hold uuid, p_confirmation uuid, p_origin text) TO anon;
GRANT ALL ON FUNCTION private.release_hold(p_hold uuid, p_confirmation uuid, p_origin text) TO authenticated;
GRANT ALL ON TABLE public.remembered_columns TO service_role;
GRANT SELECT ON TABLE public.remembered_columns TO authenticated;
REVOKE ALL ON FUNCTION private.remember_column(p_organization uuid, p_source text, p_header text, p_targets text[], p_reason text, p_entry jsonb, p_said text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.remember_column(p_organization uuid, p_source text, p_header text, p_targets text[], p_reason text, p_entry jsonb, p_said text) TO authenticated;
REVOKE ALL ON FUNCTION private.remove_draft_event(p_event uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.request_import(p_event uuid, p_blueprint uuid, p_file uuid, p_connector uuid, p_source text, p_mapping jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.request_import(p_event uuid, p_blueprint uuid, p_file uuid, p_connector uuid, p_source text, p_mapping jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.require_event_access(p_event uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.reseal(p_kind text, p_key text, p_before text, p_after text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.restore_version(event public.events, target public.event_versions, p_kind text, p_reason text, p_carry text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.review_draft(p_draft uuid, p_revision integer, p_verdict text, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.review_draft(p_draft uuid, p_revision integer, p_verdict text, p_reason text) TO authenticated;
REVOKE ALL ON FUNCTION private.risk_of(p_before jsonb, p_after jsonb, p_baseline jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.risk_rank(p_risk text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.role_preset(p_role text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.role_preset(p_role text) TO authenticated;
GRANT ALL ON FUNCTION private.role_preset(p_role text) TO service_role;
REVOKE ALL ON FUNCTION private.roll_back(p_event uuid, p_current uuid, p_target integer, p_reason text, p_carry text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.roll_back(p_event uuid, p_current uuid, p_target integer, p_reason text, p_carry text) TO authenticated;
REVOKE ALL ON FUNCTION private.save_draft(p_draft uuid, p_event uuid, p_revision integer, p_base uuid, p_title text, p_source text, p_canonical text, p_sha256 text, p_origin text, p_branch uuid, p_branch_number integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.save_draft(p_draft uuid, p_event uuid, p_revision integer, p_base uuid, p_title text, p_source text, p_canonical text, p_sha256 text, p_origin text, p_branch uuid, p_branch_number integer) TO authenticated;
REVOKE ALL ON FUNCTION private.seal_connector(p_connector uuid, p_sealed text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.seal_connector(p_connector uuid, p_sealed text) TO authenticated;
REVOKE ALL ON FUNCTION private.seal_receipts(p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.seal_receipts(p_most integer) TO service_role;
REVOKE ALL ON FUNCTION private.search_listings(p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.search_listings(p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text, p_limit integer) TO anon;
GRANT ALL ON FUNCTION private.search_listings(p_event uuid, p_filters jsonb, p_wishes jsonb, p_weights jsonb, p_embedding extensions.halfvec, p_model text, p_text text, p_limit integer) TO authenticated;
REVOKE ALL ON FUNCTION private.see_sandbox(p_sandbox uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.see_sandbox(p_sandbox uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.served_heads() FROM PUBLIC;
GRANT ALL ON FUNCTION private.served_heads() TO anon;
GRANT ALL ON FUNCTION private.served_heads() TO authenticated;
REVOKE ALL ON FUNCTION private.served_versions(p_event uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION private.served_versions(p_event uuid) TO anon;
GRANT ALL ON FUNCTION private.served_versions(p_event uuid) TO authenticated;
REVOKE ALL ON FUNCTION private.session_event_id() FROM PUBLIC;
GRANT ALL ON FUNCTION private.session_event_id() TO anon;
GRANT ALL ON FUNCTION private.session_event_id() TO authenticated;
GRANT ALL ON FUNCTION private.session_event_id() TO service_role;
REVOKE ALL ON FUNCTION private.session_id() FROM PUBLIC;
GRANT ALL ON FUNCTION private.session_id() TO anon;
GRANT ALL ON FUNCTION private.session_id() TO authenticated;
GRANT ALL ON FUNCTION private.session_id() TO service_role;
REVOKE ALL ON FUNCTION private.set_approval_policy(p_organization uuid, p_policy jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.set_approval_policy(p_organization uuid, p_policy jsonb) TO authenticated;
GRANT ALL ON TABLE public.organization_flags TO service_role;
GRANT SELECT ON TABLE public.organization_flags TO authenticated;
REVOKE ALL ON FUNCTION private.set_flag(p_organization uuid, p_name text, p_is_on boolean, p_note text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.set_flag(p_organization uuid, p_name text, p_is_on boolean, p_note text) TO authenticated;
REVOKE ALL ON FUNCTION private.set_permissions(p_organization uuid, p_user uuid, p_overrides jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.set_permissions(p_organization uuid, p_user uuid, p_overrides jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.snapshot_sha256(p public.policy_snapshots) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.spent() FROM PUBLIC;
GRANT ALL ON FUNCTION private.spent() TO anon;
REVOKE ALL ON FUNCTION private.standard_document() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.start_connector_run(p_connector uuid, p_seconds integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.start_connector_run(p_connector uuid, p_seconds integer) TO authenticated;
REVOKE ALL ON FUNCTION private.steer_blueprint_file(p_file uuid, p_verb text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.steer_blueprint_file(p_file uuid, p_verb text) TO authenticated;
REVOKE ALL ON FUNCTION private.stops_ended(p_before jsonb, p_after jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.submit_draft(p_draft uuid, p_revision integer, p_message text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.submit_draft(p_draft uuid, p_revision integer, p_message text) TO authenticated;
REVOKE ALL ON FUNCTION private.sweep_holds(p_batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION private.sweep_holds(p_batch integer) TO service_role;
GRANT ALL ON FUNCTION private.sweep_holds(p_batch integer) TO anon;
REVOKE ALL ON FUNCTION private.take_up(p_state jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.take_up(p_state jsonb) TO anon;
REVOKE ALL ON FUNCTION private.tell_blueprint() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.tell_draft(draft public.drafts, p_kind text) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.tell_event() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.tell_flag() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.tell_request(r public.buyer_requests) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.tell_unit() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.terms_of(own public.sessions, event public.events, p_verb text, p_arguments jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.tidy_blueprints() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.touched_blueprint(p_blueprint uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.try_filters(p_event uuid, p_tries jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.try_filters(p_event uuid, p_tries jsonb) TO anon;
GRANT ALL ON FUNCTION private.try_filters(p_event uuid, p_tries jsonb) TO authenticated;
REVOKE ALL ON FUNCTION private.use_confirmation(own public.sessions, p_confirmation uuid, p_verb text, p_inputs_sha256 text, p_terms jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.verb_kind(p_verb text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.verb_kind(p_verb text) TO anon;
GRANT ALL ON FUNCTION private.verb_kind(p_verb text) TO authenticated;
REVOKE ALL ON FUNCTION private.versions_in_use(p_versions uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.versions_in_use(p_versions uuid[]) TO anon;
GRANT ALL ON FUNCTION private.versions_in_use(p_versions uuid[]) TO authenticated;
REVOKE ALL ON FUNCTION private.watch_event(event public.events) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.watch_versions() FROM PUBLIC;
REVOKE ALL ON FUNCTION private.web_session(p_token_sha256 bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION private.web_session(p_token_sha256 bytea) TO anon;
GRANT ALL ON FUNCTION private.web_session(p_token_sha256 bytea) TO authenticated;
REVOKE ALL ON FUNCTION private.whole_bound(p_op text, p_bound double precision) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.wishes_met(p_event uuid, p_wishes jsonb, OUT met text, OUT total integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION private.withdraw_confirmations(p_confirmations uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION private.withdraw_confirmations(p_confirmations uuid[]) TO anon;
REVOKE ALL ON FUNCTION private.withdraw_lead(p_confirmation uuid, p_origin text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.withdraw_lead(p_confirmation uuid, p_origin text) TO anon;
REVOKE ALL ON FUNCTION private.withdraw_request(p_request uuid, p_confirmation uuid, p_origin text) FROM PUBLIC;
GRANT ALL ON FUNCTION private.withdraw_request(p_request uuid, p_confirmation uuid, p_origin text) TO anon;
REVOKE ALL ON FUNCTION private.wrong_permission(p_overrides jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION private.wrong_permission(p_overrides jsonb) TO authenticated;
GRANT ALL ON FUNCTION private.wrong_permission(p_overrides jsonb) TO service_role;
GRANT ALL ON TABLE public.model_exchanges TO service_role;
GRANT SELECT ON TABLE public.model_exchanges TO authenticated;
GRANT ALL ON TABLE public.turns TO service_role;
GRANT SELECT ON TABLE public.turns TO anon;
GRANT SELECT ON TABLE public.turns TO authenticated;
GRANT ALL ON TABLE public.alerts TO service_role;
GRANT SELECT ON TABLE public.alerts TO authenticated;
GRANT ALL ON SEQUENCE public.alerts_id_seq TO service_role;
GRANT ALL ON TABLE public.attached_media TO service_role;
GRANT SELECT ON TABLE public.attached_media TO authenticated;
GRANT ALL ON TABLE public.buyer_memories TO service_role;
GRANT ALL ON TABLE public.dealers TO service_role;
GRANT SELECT ON TABLE public.dealers TO authenticated;
GRANT UPDATE(code) ON TABLE public.dealers TO authenticated;
GRANT UPDATE(status) ON TABLE public.dealers TO authenticated;
GRANT ALL ON TABLE public.draft_reviews TO service_role;
GRANT SELECT ON TABLE public.draft_reviews TO authenticated;
GRANT ALL ON TABLE public.event_attributes TO service_role;
GRANT SELECT ON TABLE public.event_attributes TO authenticated;
GRANT SELECT ON TABLE public.event_attributes TO anon;
GRANT ALL ON TABLE public.facets TO service_role;
GRANT SELECT ON TABLE public.facets TO anon;
GRANT SELECT ON TABLE public.facets TO authenticated;
GRANT ALL ON SEQUENCE public.facets_id_seq TO service_role;
GRANT ALL ON TABLE public.invitations TO service_role;
GRANT DELETE ON TABLE public.invitations TO authenticated;
GRANT SELECT(id) ON TABLE public.invitations TO authenticated;
GRANT SELECT(organization_id),INSERT(organization_id) ON TABLE public.invitations TO authenticated;
GRANT SELECT(email),INSERT(email) ON TABLE public.invitations TO authenticated;
GRANT SELECT(role),INSERT(role) ON TABLE public.invitations TO authenticated;
GRANT INSERT(token_sha256) ON TABLE public.invitations TO authenticated;
GRANT SELECT(invited_by),INSERT(invited_by) ON TABLE public.invitations TO authenticated;
GRANT SELECT(expires_at) ON TABLE public.invitations TO authenticated;
GRANT SELECT(accepted_at) ON TABLE public.invitations TO authenticated;
GRANT SELECT(created_at) ON TABLE public.invitations TO authenticated;
GRANT SELECT ON TABLE public.journal TO authenticated;
GRANT SELECT ON TABLE public.journal TO service_role;
GRANT ALL ON SEQUENCE public.journal_id_seq TO service_role;
GRANT ALL ON TABLE public.lead_contacts TO service_role;
GRANT SELECT ON TABLE public.lead_contacts TO anon;
GRANT ALL ON TABLE public.listing_embeddings TO service_role;
GRANT SELECT ON TABLE public.listing_embeddings TO authenticated;
GRANT ALL ON TABLE public.listings TO service_role;
GRANT SELECT ON TABLE public.listings TO anon;
GRANT SELECT ON TABLE public.listings TO authenticated;
GRANT ALL ON SEQUENCE public.listings_id_seq TO service_role;
GRANT ALL ON TABLE public.members TO service_role;
GRANT SELECT,DELETE ON TABLE public.members TO authenticated;
GRANT UPDATE(role) ON TABLE public.members TO authenticated;
GRANT ALL ON SEQUENCE public.model_exchanges_id_seq TO service_role;
GRANT ALL ON TABLE public.model_spend TO service_role;
GRANT SELECT ON TABLE public.model_spend TO authenticated;
GRANT ALL ON TABLE public.organizations TO service_role;
GRANT SELECT ON TABLE public.organizations TO authenticated;
GRANT UPDATE(name) ON TABLE public.organizations TO authenticated;
GRANT ALL ON TABLE public.prospects TO service_role;
GRANT SELECT(id) ON TABLE public.prospects TO authenticated;
GRANT SELECT(event_id) ON TABLE public.prospects TO authenticated;
GRANT SELECT(dealer_id) ON TABLE public.prospects TO authenticated;
GRANT SELECT(dealer_organization_id) ON TABLE public.prospects TO authenticated;
GRANT SELECT(portrait) ON TABLE public.prospects TO authenticated;
GRANT SELECT(alignment) ON TABLE public.prospects TO authenticated;
GRANT SELECT(matching_listings) ON TABLE public.prospects TO authenticated;
GRANT SELECT(created_at) ON TABLE public.prospects TO authenticated;
GRANT ALL ON TABLE public.source_files TO service_role;
GRANT SELECT ON TABLE public.source_files TO authenticated;
GRANT ALL ON TABLE public.sources TO service_role;
GRANT SELECT ON TABLE public.sources TO authenticated;
GRANT ALL ON TABLE public.survey_answers TO service_role;
GRANT SELECT ON TABLE public.survey_answers TO authenticated;
GRANT ALL ON TABLE public.tool_calls TO service_role;
GRANT SELECT ON TABLE public.tool_calls TO authenticated;
GRANT ALL ON SEQUENCE public.tool_calls_id_seq TO service_role;
GRANT ALL ON TABLE public.turn_records TO service_role;
GRANT SELECT ON TABLE public.turn_records TO authenticated;
GRANT ALL ON SEQUENCE public.turns_id_seq TO service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON SEQUENCES TO service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON FUNCTIONS TO service_role;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON TABLES TO service_role;
