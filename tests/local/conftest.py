"""One embedded Supabase for all tests of this folder, in a home of its own, with tables of their own."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from backend.local import Layout, Stack, free_layout_ports, start_stack

TABLES = """
create table public.notes (
  id bigint generated always as identity primary key,
  author uuid default auth.uid(),
  body text not null,
  secret text
);
alter table public.notes enable row level security;
create policy own on public.notes to authenticated using (author = auth.uid()) with check (author = auth.uid());
create policy sessions on public.notes for select to anon
  using (body = current_setting('request.jwt.claims', true)::jsonb ->> 'session_id');

create table public.closed (id int primary key);
alter table public.closed enable row level security;
create policy everybody on public.closed using (true);
insert into public.closed values (1);
revoke all on public.closed from anon, authenticated;

create schema private;
create table private.hidden (id int primary key);
alter table private.hidden enable row level security;

create table public.columns (id int primary key, shown text, withheld text);
alter table public.columns enable row level security;
create policy everybody on public.columns using (true);
revoke all on public.columns from anon;
grant select (id, shown) on public.columns to anon;
insert into public.columns values (1, 'yes', 'no');

create table public.welcomed (user_id uuid primary key, name text, plan text);
create function public.welcome() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.welcomed
  values (new.id, new.raw_user_meta_data ->> 'name', new.raw_app_meta_data ->> 'provider');
  return new;
end $$;
create trigger welcome after insert on auth.users for each row execute function public.welcome();

create policy own_topic on realtime.messages for all to authenticated
  using (realtime.topic() = 'user:' || auth.uid()) with check (realtime.topic() = 'user:' || auth.uid());
create policy session_topic on realtime.messages for select to anon
  using (realtime.topic() = 'session:' || (current_setting('request.jwt.claims', true)::jsonb ->> 'session_id'));

create policy members on storage.objects for all to authenticated
  using (bucket_id = 'private') with check (bucket_id = 'private');
notify pgrst, 'reload schema';
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The Supabase client warns about parameters that it sets itself."""
    own = pytest.mark.filterwarnings(
        "ignore:The '(timeout|verify)' parameter is deprecated:DeprecationWarning"
    )
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(own)


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty folder that the Postgres user can reach; pytest's own are closed to everybody else."""
    with tempfile.TemporaryDirectory(prefix="mpax-home-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Postgres, gateway, Realtime and functions; anybody may sign up, mails to one address are not spaced out."""
    base, app_port = free_layout_ports()
    with tempfile.TemporaryDirectory(prefix="mpax-stack-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPAX_ALLOW_SIGNUP", "1")
        home = Path(os.environ.get("MPAX_TEST_HOME") or folder)
        home.chmod(0o755)
        with start_stack(Layout(home, base, app_port), migrations=False, otp_interval_s=0) as running:
            with psycopg.connect(running.keys.system_dsn, autocommit=True) as conn:
                conn.execute(TABLES)
            yield running


@pytest.fixture(scope="session")
def rough() -> Iterator[Stack]:
    """Another stack, to be treated roughly; as delivered: no sign-up, mails to one address a minute apart."""
    base, app_port = free_layout_ports()
    with tempfile.TemporaryDirectory(prefix="mpax-rough-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.delenv("MPAX_ALLOW_SIGNUP", raising=False)
        Path(folder).chmod(0o755)
        with start_stack(
            Layout(Path(folder), base, app_port), migrations=False, otp_interval_s=60
        ) as running:
            yield running


@pytest.fixture
def owner(stack: Stack) -> Iterator[psycopg.Connection]:
    """The owner's connection, as migrations and jobs have it."""
    with psycopg.connect(stack.keys.system_dsn, autocommit=True) as conn:
        yield conn


@pytest.fixture
async def http(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A bare client of the gateway that presents the publishable key."""
    async with httpx.AsyncClient(
        base_url=stack.keys.url, headers={"apikey": stack.keys.publishable}, timeout=20
    ) as client:
        yield client


@pytest.fixture
async def anon(stack: Stack) -> AsyncIterator[AsyncClient]:
    """A client nobody is signed in with."""
    async with closing_client(stack, stack.keys.publishable) as client:
        yield client


@pytest.fixture
async def admin(stack: Stack) -> AsyncIterator[AsyncClient]:
    """A client with the secret key."""
    async with closing_client(stack, stack.keys.secret) as client:
        yield client


@pytest.fixture
async def user(stack: Stack) -> AsyncIterator[AsyncClient]:
    """A client with a freshly signed-up user."""
    async with closing_client(stack, stack.keys.publishable) as client:
        await client.auth.sign_up(
            {"email": address(), "password": PASSWORD, "options": {"data": {"name": "Ada"}}}
        )
        yield client


PASSWORD = "correct horse battery"


def code_for(stack: Stack, email: str) -> str:
    """The newest code that was mailed to the address."""
    for file in sorted(stack.layout.outbox.glob("*.json"), reverse=True):
        mail = json.loads(file.read_text())
        if mail["to"] == email and (found := re.search(r"\b\d{6}\b", mail["text"])):
            return found[0]
    raise AssertionError(f"no mail to {email}")


def address() -> str:
    """An e-mail address nobody has used before."""
    return f"{uuid4().hex[:12]}@example.com"


class closing_client:
    """A Supabase client whose connections are closed at the end: unclosed ones fail a test."""

    def __init__(self, stack: Stack, key: str) -> None:
        self._stack = stack
        self._key = key

    async def __aenter__(self) -> AsyncClient:
        self._http = httpx.AsyncClient(timeout=20)
        options = AsyncClientOptions(auto_refresh_token=False, persist_session=False, httpx_client=self._http)
        options.realtime = {"max_retries": 1000}
        self._client = await acreate_client(self._stack.keys.url, self._key, options)
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.realtime.close()
        await self._http.aclose()
