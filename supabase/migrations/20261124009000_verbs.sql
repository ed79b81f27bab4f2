-- What guards each function that changes something for whoever is outside; and switches of an organization on open screens.

-- A function that writes and is no one's here fails a test; so does one whose text does not do what is said of it.
create table private.verbs (
  name text primary key,
  guard text not null check (guard in ('guard', 'permission', 'own', 'fact', 'clock')),
  note text not null check (length(note) between 4 and 200)
);
alter table private.verbs enable row level security;
comment on table private.verbs is
'guard: asks private.guard. permission: asks what the member may do. own: touches the caller''s own conversation or account,
and nothing of consequence. fact: only adds a line that is never changed. clock: does what the time has decided.';

insert into private.verbs (name, guard, note) values
  ('place_hold', 'guard', 'hold'),
  ('release_hold', 'guard', 'release; staff by their role'),
  ('open_lead', 'guard', 'share'),
  ('withdraw_lead', 'guard', 'withdraw'),
  ('make_request', 'guard', 'book, info, message, offer, deposit, reveal, remind, hand_off'),
  ('withdraw_request', 'guard', 'withdraw'),
  ('record_survey', 'guard', 'survey'),
  ('prepare_action', 'own', 'a token for the own conversation; what it is for asks the guard'),
  ('refresh_policy', 'own', 'the next policy of the own conversation, resolved by the application'),
  ('record_block', 'own', 'a receipt of the own conversation, limited in number'),
  ('record_receipts', 'own', 'receipts of the own conversation about what changed nothing'),
  ('record_receipt', 'own', 'receipts of the own conversation about what changed nothing'),
  ('open_session', 'fact', 'begins a conversation on a version in force'),
  ('record_turn', 'own', 'a turn of the own conversation'),
  ('record_exposure', 'own', 'once per conversation, the arm it was given'),
  ('record_action', 'own', 'from a short list, about what the own event lists'),
  ('record_refusal', 'own', 'that the own conversation came too late'),
  ('note_failure', 'own', 'once per conversation'),
  ('recall_visitor', 'own', 'what the own conversation may know of an earlier visit'),
  ('take_up', 'own', 'wishes of an earlier visit for the own conversation'),
  ('forget_visitor', 'own', 'ends what is remembered of the own visits'),
  ('claim_answer', 'own', 'a key of the caller'),
  ('keep_answer', 'own', 'the answer under a key of the caller'),
  ('record_fact', 'fact', 'adds to the journal under the name of the caller'),
  ('sweep_holds', 'clock', 'ends what has run out; anybody may ask'),
  ('fail', 'fact', 'raises, and writes nothing'),
  ('accept_invitation', 'own', 'a secret that was mailed to the caller'),
  ('open_web_session', 'own', 'a sign-in of the caller'),
  ('close_web_session', 'own', 'whoever has the secret of a sign-in may end it');
insert into private.verbs (name, guard, note)
select unnest(array[
  'add_blueprint_file', 'apply_clarification', 'attach_media', 'beat_import', 'cancel_connector_run', 'cancel_import',
  'change_blueprint', 'claim_blueprint_file', 'close_branch', 'commit_to_branch', 'decide_blueprint_file', 'detach_media',
  'discard_blueprint', 'discard_draft', 'end_request', 'finish_blueprint_file', 'forget_column', 'judge_blueprint',
  'keep_clarification', 'keep_connector', 'keep_preview', 'move_lever', 'note_blueprint_file', 'open_blueprint', 'open_branch',
  'open_sandbox', 'publish_blueprint', 'publish_draft', 'publish_version', 'recall_draft', 'remember_column', 'request_import',
  'review_draft', 'roll_back', 'save_draft', 'seal_connector', 'see_sandbox', 'set_approval_policy', 'set_flag',
  'set_permissions', 'start_connector_run', 'steer_blueprint_file', 'submit_draft']), 'permission', 'members of the organization';

-- As before, and a switch reaches open screens too: they look again at what the event says.
create or replace function private.set_flag(p_organization uuid, p_name text, p_is_on boolean, p_note text)
returns public.organization_flags
language plpgsql security definer set search_path = '' as $$
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

-- As before, behind the guard: a survey is one of the verbs, and a second answer changes nothing.
create or replace function private.record_survey(p_answers jsonb, p_nps int) returns boolean
language plpgsql security definer set search_path = '' as $$
declare own public.sessions := private.lock_session();
begin
  if exists (select from public.survey_answers a where a.session_id = own.id) then return false; end if;
  perform private.guard('survey', jsonb_build_object('details', p_answers));
  insert into public.survey_answers (session_id, event_id, organization_id, answers, nps)
  values (own.id, own.event_id, own.organization_id, p_answers, p_nps);
  perform private.record_fact('survey.answered', jsonb_build_object('nps', p_nps), own.organization_id, own.event_id, own.id);
  return true;
end $$;

-- As before; a yes that nobody gave is not kept for long, nor are wishes longer than was agreed to.
create or replace function private.keep_house(p_now timestamptz default now()) returns void
language plpgsql security definer set search_path = '' as $$
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

revoke execute on all functions in schema private from public;
