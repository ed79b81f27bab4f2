-- The least of Supabase Auth that the migrations refer to; the contract tests run against the real one.
create table if not exists auth.users(id uuid primary key default gen_random_uuid(), email text, raw_user_meta_data jsonb, raw_app_meta_data jsonb);
