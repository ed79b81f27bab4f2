-- What hosted Supabase has before the first migration: roles, schemas, auth functions, Realtime's tables.
-- Local only, never on hosted. Idempotent: run by `bootstrap.py` at each start, and again by the gateway, because
-- @supabase/lite replaces auth.uid() and its sisters by versions that read one of the two claim settings only.

do $$
declare
  role record;
begin
  for role in select * from (values
    ('anon', 'nologin noinherit'),
    ('authenticated', 'nologin noinherit'),
    ('service_role', 'nologin noinherit bypassrls'),
    ('authenticator', 'login noinherit'),
    ('supabase_admin', 'login superuser'),
    ('supabase_auth_admin', 'nologin noinherit createrole'),
    ('supabase_storage_admin', 'nologin noinherit createrole'),
    ('supabase_realtime_admin', 'nologin noinherit'),
    ('dashboard_user', 'nologin'),
    ('app_api', 'login noinherit')  -- the application's own door; bootstrap.py gives it a password
  ) as wanted(name, options)
  loop
    if not exists (select from pg_roles where rolname = role.name) then
      execute format('create role %I %s', role.name, role.options);
    end if;
  end loop;
end $$;
grant anon, authenticated, service_role to authenticator, postgres;
grant anon, authenticated to app_api;

-- Once per database: migrations narrow these grants, and a later start must not widen them again.
do $$ begin
  if to_regnamespace('realtime') is null then
    create schema if not exists extensions;
    create schema if not exists auth;
    create schema if not exists storage;
    create schema if not exists graphql_public;
    create schema realtime;
    grant usage on schema extensions, auth, realtime, storage, public to anon, authenticated, service_role;
    alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
    alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
    alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
    create publication supabase_realtime;
    execute format('alter database %I set search_path to "$user", public, extensions', current_database());
  end if;
end $$;

create extension if not exists vector with schema extensions;
do $$
declare
  extension text;
begin
  foreach extension in array array['pgcrypto', 'pg_stat_statements'] loop
    if exists (select from pg_available_extensions where name = extension) then
      execute format('create extension if not exists %I with schema extensions', extension);
    end if;
  end loop;
end $$;

-- Who is asking -------------------------------------------------------------------------------------------------

create or replace function auth.uid() returns uuid language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
  )::uuid
$$;

create or replace function auth.role() returns text language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
  )
$$;

create or replace function auth.email() returns text language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
  )
$$;

create or replace function auth.jwt() returns jsonb language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;

-- Realtime ------------------------------------------------------------------------------------------------------

create or replace function realtime.topic() returns text language sql stable as $$
  select nullif(current_setting('realtime.topic', true), '')
$$;

create table if not exists realtime.messages (
  id uuid not null default gen_random_uuid(),
  topic text not null,
  extension text not null,
  event text,
  payload jsonb,
  private boolean default false,
  inserted_at timestamp not null default now(),
  updated_at timestamp not null default now(),
  primary key (id, inserted_at)
) partition by range (inserted_at);
create table if not exists realtime.messages_default partition of realtime.messages default;
create index if not exists messages_inserted_at on realtime.messages (inserted_at);
alter table realtime.messages enable row level security;
alter table realtime.messages_default enable row level security;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;

create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true)
returns void language plpgsql as $$
declare
  message_id uuid := gen_random_uuid();
begin
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (id, payload, event, topic, private, extension)
  values (
    message_id,
    case when payload ? 'id' then payload else payload || jsonb_build_object('id', message_id) end,
    event, topic, private, 'broadcast'
  );
exception when others then
  raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
end $$;

create or replace function realtime.broadcast_changes(
  topic_name text, event_name text, operation text, table_name text, table_schema text,
  new record, old record, level text default 'ROW'
) returns void language plpgsql as $$
begin
  if level = 'STATEMENT' then
    raise exception 'function can only be triggered for each row, not for each statement';
  end if;
  perform realtime.send(
    jsonb_build_object(
      'record', new, 'old_record', old, 'operation', operation, 'table', table_name, 'schema', table_schema),
    event_name, topic_name);
exception when others then
  raise exception 'Failed to process the row: %', sqlerrm;
end $$;

-- Hosted reads these rows from the replication log; here a notification carries them, or, past Postgres's limit of
-- 8000 bytes, only their id.
create or replace function realtime.local_notify() returns trigger language plpgsql set search_path = '' as $$
declare
  envelope jsonb := jsonb_build_object('id', new.id, 'topic', new.topic, 'event', new.event, 'private', new.private);
  message text := (envelope || jsonb_build_object('payload', new.payload))::text;
begin
  if new.extension = 'broadcast' then
    perform pg_notify('realtime', case when octet_length(message) < 7900 then message else envelope::text end);
  end if;
  return null;
end $$;
create or replace trigger local_notify after insert on realtime.messages
  for each row execute function realtime.local_notify();

-- Auth and Storage: their tables come from @supabase/lite, between two runs of this file ------------------------

-- @supabase/lite stores metadata as a JSON string inside the JSON column; triggers on auth.users expect an object.
create or replace function auth.local_plain_metadata() returns trigger language plpgsql set search_path = '' as $$
begin
  if jsonb_typeof(new.raw_user_meta_data) = 'string' then
    new.raw_user_meta_data := (new.raw_user_meta_data #>> '{}')::jsonb;
  end if;
  if jsonb_typeof(new.raw_app_meta_data) = 'string' then
    new.raw_app_meta_data := (new.raw_app_meta_data #>> '{}')::jsonb;
  end if;
  return new;
end $$;

do $$ begin
  if to_regclass('auth.users') is not null then
    create or replace trigger "00_local_plain_metadata" before insert or update on auth.users
      for each row execute function auth.local_plain_metadata();
  end if;
  if to_regclass('storage.objects') is not null then
    grant all on storage.objects, storage.buckets to anon, authenticated, service_role;
    revoke truncate on storage.objects, storage.buckets from anon, authenticated;
  end if;
end $$;
