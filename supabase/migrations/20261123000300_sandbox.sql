-- The sandbox of a blueprint: a draft event with the seller's rows that nobody outside sees, a document to try on it, and an end.

create table public.sandboxes (
  id uuid primary key default gen_random_uuid(),
  blueprint_id uuid not null references public.blueprints on delete cascade,
  event_id uuid not null references public.events on delete cascade,
  organization_id uuid not null,
  source text not null check (octet_length(source) <= 1000000),
  canonical text not null,
  sha256 text not null,
  rehearsal jsonb,  -- what the dry run of holds gave
  seen_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '24 hours',
  constraint sandbox_canonical_matches_hash check (encode(sha256(convert_to(canonical, 'UTF8')), 'hex') = sha256)
);
create index sandboxes_blueprint on public.sandboxes (blueprint_id, created_at desc);
create index sandboxes_expiry on public.sandboxes (expires_at);

alter table public.sandboxes enable row level security;
revoke all on public.sandboxes from anon, authenticated;
grant select on public.sandboxes to authenticated;
create policy sandboxes_read on public.sandboxes for select to authenticated
  using (organization_id in (select private.organizations_where('view_config')));

-- What was asked for and has not ended must not come in after what is asked for next.
create function private.end_imports(p_blueprint uuid) returns void
language sql security definer set search_path = '' as $$
  update public.imports i set status = 'cancelled', ended_at = now(), lease_until = null
  where i.blueprint_id = p_blueprint and i.status in ('queued', 'running')
$$;

-- Nothing of a file that was taken away stays in the draft event: photos and feeds go, and where rows are left, all rows
-- begin anew.
create function private.clear_leftovers(p_blueprint uuid, p_event uuid) returns void
language plpgsql security definer set search_path = '' as $$
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

-- Makes the draft event on the first call; later ones renew the document, the name and the end, and clear what is not its own.
create function private.open_sandbox(
  p_blueprint uuid, p_slug text, p_name text, p_source text, p_canonical text, p_sha256 text
) returns public.sandboxes
language plpgsql security definer set search_path = '' as $$
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

create function private.see_sandbox(p_sandbox uuid) returns public.sandboxes
language plpgsql security definer set search_path = '' as $$
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

-- A dry run with the functions that serve buyers: buyers race for one unit, the winner asks again, the clock runs out, the
-- next one gets it. All of it is undone before this returns. No role is granted it: the system door asks after `see_sandbox`.
create function private.rehearse_holds(p_sandbox uuid, p_listing bigint, p_buyers int) returns jsonb
language plpgsql security definer set search_path = '' as $$
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
        hold := private.place_hold(p_listing, 'rehearsal');
        tries := tries || jsonb_build_object('buyer', at, 'got_it', true, 'until', hold.expires_at);
        again := private.place_hold(p_listing, 'rehearsal');
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
        hold := private.place_hold(p_listing, 'rehearsal after the clock');
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

-- A verdict of the gate before anything ships: put forward, sent back, or refused for good.
create function private.judge_blueprint(p_blueprint uuid, p_verdict text, p_reason text) returns public.blueprints
language plpgsql security definer set search_path = '' as $$
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

create function private.publish_blueprint(p_blueprint uuid) returns public.blueprints
language plpgsql security definer set search_path = '' as $$
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

-- A draft event that never had a version goes, with its rows and its place in the index.
create function private.remove_draft_event(p_event uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.events e where e.id = p_event and e.status = 'draft'
    and not exists (select from public.event_versions v where v.event_id = e.id);
  if not found then return false; end if;
  execute format('drop table if exists private.%I', 'listing_scan_' || replace(p_event::text, '-', ''));
  return true;
end $$;

create function private.discard_blueprint(p_blueprint uuid) returns public.blueprints
language plpgsql security definer set search_path = '' as $$
declare
  own public.blueprints := private.blueprint_for(p_blueprint);
begin
  update public.blueprints set status = 'discarded', updated_at = now(), updated_by = auth.uid() where id = own.id returning * into own;
  perform private.end_imports(own.id);
  if not own.for_event then perform private.remove_draft_event(own.event_id); end if;
  perform private.record_fact('blueprint.discarded', jsonb_build_object('blueprint_id', own.id), own.organization_id);
  return own;
end $$;

-- Sandboxes end; a draft event of a blueprint goes with its last one. Gives the paths of files nobody needs any more:
-- samples of blueprints that have been over for a month.
create function private.tidy_blueprints() returns setof text
language plpgsql security definer set search_path = '' as $$
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

revoke execute on all functions in schema private from public;
grant execute on function private.open_sandbox(uuid, text, text, text, text, text), private.see_sandbox(uuid),
  private.judge_blueprint(uuid, text, text), private.publish_blueprint(uuid), private.discard_blueprint(uuid) to authenticated;
