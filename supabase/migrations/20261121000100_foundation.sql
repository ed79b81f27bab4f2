-- Schemas, the login role, and how policies learn who is asking.
-- Runs alike on hosted Supabase and on the embedded Postgres: nothing here touches auth, storage or realtime tables.

create schema if not exists extensions;
create extension if not exists vector with schema extensions;

-- Functions that hold whoever calls. Not exposed through the API: only `public` is.
create schema private;
revoke all on schema private from public;
grant usage on schema private to anon, authenticated, service_role;
alter default privileges in schema private revoke execute on functions from public;

-- The application signs in as a role without rights of its own and becomes anon or authenticated per transaction.
do $$ begin
  if not exists (select from pg_roles where rolname = 'app_api') then
    create role app_api nologin noinherit;  -- operations give it a password and login
  end if;
end $$;
do $$ begin grant anon, authenticated to app_api; end $$;

-- Tables of `public` are born with full grants on Supabase; every migration takes them back and grants what is meant.
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke execute on functions from public, anon, authenticated;

-- Raises an error of the product: SQLSTATE MX<http status>, the code as message, facts as JSON detail.
create function private.fail(status int, code text, facts jsonb default '{}') returns void
language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'MX' || status, message = code, detail = facts::text;
end $$;
grant execute on function private.fail(int, text, jsonb) to anon, authenticated, service_role;

create function private.claim(name text) returns text
language sql stable set search_path = '' as $$
  select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> name
$$;

-- The conversation a buyer's token speaks for, or null.
create function private.session_id() returns uuid
language sql stable set search_path = '' as $$ select private.claim('session_id')::uuid $$;

create function private.session_event_id() returns uuid
language sql stable set search_path = '' as $$ select private.claim('event_id')::uuid $$;

grant execute on function private.claim(text), private.session_id(), private.session_event_id()
  to anon, authenticated, service_role;

-- Rows that never change: facts and versions. Holds for every role, the owner included.
create function private.refuse_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform private.fail(409, 'core.immutable', jsonb_build_object('table', tg_table_name, 'operation', tg_op));
  return null;
end $$;
