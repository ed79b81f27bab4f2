-- What is kept of a turn beside the answer: how it was read and decided, tools, models asked, what they cost.

alter table public.sessions add column spent_tokens int not null default 0;
alter table public.sessions add column visitor_sha256 bytea;
alter table public.turns add column sealed_message text;  -- where it named a person: as it was written, sealed by the application

-- For staff and audit: never shown to buyers, who may read their own turns.
create table public.turn_records (
  turn_id bigint primary key references public.turns on delete cascade,
  session_id uuid not null,
  event_id uuid not null,
  organization_id uuid not null,
  number int not null,
  stance text not null check (stance in ('answer_safely', 'refuse', 'ask_confirmation', 'treat_as_text')),
  record jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index turn_records_session on public.turn_records (session_id, number);
create index turn_records_event on public.turn_records (event_id, created_at desc);

-- What the guide did or tried, one row per call; where the effects of a turn are read from.
create table public.tool_calls (
  id bigint generated always as identity primary key,
  turn_id bigint not null references public.turns on delete cascade,
  session_id uuid not null,
  event_id uuid not null,
  organization_id uuid not null,
  position int not null,
  tool text not null check (length(tool) <= 100),
  verb text not null check (length(verb) <= 40),
  origin text not null check (origin in ('buyer', 'guide', 'job')),
  outcome text not null check (outcome in ('ran', 'prepared', 'executed', 'refused', 'failed')),
  arguments jsonb not null default '{}',
  reasons jsonb not null default '[]',
  took_ms real,
  created_at timestamptz not null default now()
);
create index tool_calls_turn on public.tool_calls (turn_id);
create index tool_calls_session on public.tool_calls (session_id, id);
create index tool_calls_event on public.tool_calls (event_id, created_at desc);

-- What a model was asked and what it said: sealed, for an audit; `provenance` names what went in, unsealed.
create table public.model_exchanges (
  id bigint generated always as identity primary key,
  turn_id bigint not null references public.turns on delete cascade,
  session_id uuid not null,
  event_id uuid not null,
  organization_id uuid not null,
  position int not null,
  purpose text not null check (purpose in ('read', 'repair', 'answer', 'variant', 'judge')),
  provider text not null default '',
  model text not null default '',
  outcome text not null check (outcome in ('used', 'unused', 'invalid', 'failed')),
  sealed text not null,  -- {system, messages, raw, parsed}
  provenance jsonb not null default '[]',
  input_tokens int not null default 0,
  output_tokens int not null default 0,
  took_ms real,
  created_at timestamptz not null default now()
);
create index model_exchanges_turn on public.model_exchanges (turn_id);
create index model_exchanges_session on public.model_exchanges (session_id, id);

-- Tokens of an event on a day.
create table public.model_spend (
  event_id uuid not null references public.events on delete cascade,
  day date not null,
  organization_id uuid not null,
  exchanges int not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  primary key (event_id, day)
);

-- Wishes of a buyer who agreed that they are kept for the next visit. The visitor is a secret of the browser.
create table public.buyer_memories (
  event_id uuid not null references public.events on delete cascade,
  visitor_sha256 bytea not null,
  organization_id uuid not null,
  wishes jsonb not null default '{}',
  updated_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (event_id, visitor_sha256)
);

create table public.survey_answers (
  session_id uuid primary key references public.sessions on delete cascade,
  event_id uuid not null,
  organization_id uuid not null,
  answers jsonb not null default '{}',
  nps int check (nps between 0 and 10),
  created_at timestamptz not null default now()
);
create index survey_answers_event on public.survey_answers (event_id, created_at desc);

do $$
declare name text;
begin
  foreach name in array array['turn_records', 'tool_calls', 'model_exchanges', 'model_spend', 'buyer_memories', 'survey_answers'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('revoke all on public.%I from anon, authenticated', name);
    continue when name = 'buyer_memories';  -- nobody's but the buyer's
    execute format('grant select on public.%I to authenticated', name);
    execute format('create policy %I on public.%I for select to authenticated
                    using (organization_id in (select private.organizations_where(''view_config'')))', name || '_read', name);
  end loop;
end $$;

drop function private.record_turn(int, text, text, text, jsonb, jsonb, jsonb, jsonb, real, boolean);

-- Writes one turn of the caller's own conversation with all that belongs to it, in order: the number says what it was based on.
-- p_turn: {number, key, message, sealed_message?, reply, understanding, tiles, answer, state, took_ms, matched, stance, record,
-- tools: [...], exchanges: [...]}. Raises MX404 discovery.no_such_session; MX409 discovery.turn_taken.
create function private.record_turn(p_turn jsonb) returns bigint
language plpgsql security definer set search_path = '' as $$
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

-- Keeps what models were asked and adds up what it cost. Gives the tokens of the turn.
create function private.record_exchanges(own public.sessions, p_turn bigint, p_exchanges jsonb) returns int
language plpgsql security definer set search_path = '' as $$
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

-- Tokens the caller's conversation and its event have used: {conversation, today_input, today_output}.
create function private.spent() returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('conversation', s.spent_tokens, 'today_input', coalesce(p.input_tokens, 0),
                            'today_output', coalesce(p.output_tokens, 0))
  from public.sessions s
  left join public.model_spend p on p.event_id = s.event_id and p.day = (now() at time zone 'utc')::date
  where s.id = private.session_id()
$$;

-- What was remembered becomes what the caller's conversation begins with, before anything was said in it.
create function private.take_up(p_state jsonb) returns void
language sql security definer set search_path = '' as $$
  update public.sessions set state = p_state where id = private.session_id() and turn_count = 0
$$;

create function private.forget_visitor() returns void
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.buyer_memories m using public.sessions s
  where s.id = private.session_id() and m.event_id = s.event_id and m.visitor_sha256 = s.visitor_sha256;
  update public.sessions set visitor_sha256 = null where id = private.session_id();
end $$;

-- Answers to the survey of the caller's conversation; the first ones count.
create function private.record_survey(p_answers jsonb, p_nps int) returns boolean
language plpgsql security definer set search_path = '' as $$
declare own public.sessions;
begin
  perform private.guard('survey', '{}');
  select * into own from public.sessions s where s.id = private.session_id();
  insert into public.survey_answers (session_id, event_id, organization_id, answers, nps)
  values (own.id, own.event_id, own.organization_id, p_answers, p_nps) on conflict (session_id) do nothing;
  if not found then return false; end if;
  perform private.record_fact('survey.answered', jsonb_build_object('nps', p_nps), own.organization_id, own.event_id, own.id);
  return true;
end $$;

revoke execute on all functions in schema private from public;
grant execute on function private.record_turn(jsonb), private.spent(), private.take_up(jsonb),
  private.forget_visitor(), private.record_survey(jsonb, int) to anon;
