"""What dies comes back, nothing committed is lost, and a supervisor that was killed leaves nothing in the way."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from backend.local import Fault, Layout, Service, Stack, Task, free_layout_ports, start_stack
from backend.local.account import postgres_account, require_reach
from backend.local.keys import make_keys, write_keys
from backend.local.layout import PROJECT
from backend.local.runfile import read_run
from backend.local.supervisor import Event, Supervisor


def wait_for(condition: Callable[[], bool], timeout_s: float = 15) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


async def healthy() -> bool:
    return True


async def unhealthy() -> bool:
    return False


def layout_in(folder: Path) -> Layout:
    layout = Layout(folder, *free_layout_ports())
    layout.make_folders()
    return layout


@pytest.mark.parametrize("name", ["functions", "realtime", "gateway", "postgres"])
def test_a_killed_process_comes_back(rough: Stack, name: str) -> None:
    with psycopg.connect(rough.keys.system_dsn, autocommit=True) as conn:
        conn.execute("create table if not exists public.kept (name text)")
        conn.execute("insert into public.kept values (%s)", (name,))
        conn.execute("notify pgrst, 'reload schema'")
    before = rough.pid(name)
    restarts = rough.state.services[name].restarts
    os.kill(before, signal.SIGKILL)

    def is_back() -> bool:
        now = rough.state.services[name]
        return now.state == "ready" and now.restarts == restarts + 1 and now.seen is not None

    wait_for(is_back)
    assert rough.pid(name) != before
    with psycopg.connect(rough.keys.system_dsn) as conn:
        assert conn.execute("select count(*) from public.kept where name = %s", (name,)).fetchone() == (1,)
    secret = {"apikey": rough.keys.secret, "authorization": f"Bearer {rough.keys.secret}"}

    def answers() -> bool:
        kept = httpx.get(f"{rough.keys.url}/rest/v1/kept?name=eq.{name}", headers=secret)
        realtime = httpx.get(f"{rough.keys.url}/realtime/v1/health")
        function = httpx.get(f"{rough.keys.url}/functions/v1/health")
        return [kept.status_code, realtime.status_code, function.status_code] == [200, 200, 200]

    wait_for(answers)


def test_a_killed_backend_of_postgres_leaves_the_rest_up(rough: Stack) -> None:
    with psycopg.connect(rough.keys.system_dsn) as conn:
        victim = conn.info.backend_pid
        pid = rough.pid("postgres")
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            conn.execute("select 1")

    def answers() -> bool:
        try:
            with psycopg.connect(rough.keys.system_dsn) as again:
                return again.execute("select 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    wait_for(answers)
    assert rough.pid("postgres") == pid


async def test_what_dies_again_and_again_is_given_up_and_the_others_stay(home: Path) -> None:
    layout = layout_in(home)
    events: list[Event] = []
    flag = home / "well"
    flag.touch()
    script = f"test -e {flag} && sleep 60; echo out of luck >&2; exit 3"
    supervisor = Supervisor(
        layout,
        [
            Service("steady", ["sleep", "60"], healthy),
            Service("frail", ["/bin/sh", "-c", script], healthy),
        ],
        events.append,
    )
    await supervisor.start()
    flag.unlink()
    seen = supervisor.state.services["frail"].seen
    assert seen
    os.killpg(seen.pid, signal.SIGKILL)
    async with asyncio.timeout(20):
        while not any(event.kind == "gave_up" for event in events):
            await asyncio.sleep(0.05)
    last = events[-1]
    assert (last.name, "out of luck" in last.text) == ("frail", True)
    assert supervisor.state.services["frail"].state == "failed"
    assert supervisor.state.services["steady"].state == "ready"
    await supervisor.stop()


async def test_what_died_together_comes_back_in_order(home: Path) -> None:
    """The second cannot live without the first, and must not use up its chances while the first recovers."""
    layout = layout_in(home)
    events: list[Event] = []
    began = home / "began"

    async def slowly() -> bool:
        return not began.exists() or time.time() - began.stat().st_mtime > 1.5

    steps = [Service("first", ["sleep", "60"], slowly), Service("second", ["sleep", "61"], healthy)]
    supervisor = Supervisor(layout, steps, events.append)
    await supervisor.start()
    began.touch()
    for one in supervisor.state.services.values():
        assert one.seen
        os.killpg(one.seen.pid, signal.SIGKILL)
    async with asyncio.timeout(20):
        while len([event for event in events if event.kind == "back"]) < 2:
            await asyncio.sleep(0.05)
    assert [event.name for event in events if event.kind == "back"] == ["first", "second"]
    assert supervisor.state.services["second"].restarts == 1
    await supervisor.stop()


async def test_a_start_that_cannot_be_prepared_counts_as_a_crash(home: Path) -> None:
    layout = layout_in(home)
    events: list[Event] = []
    well = True

    def prepare() -> None:
        if not well:
            raise psycopg.OperationalError("no database")

    supervisor = Supervisor(
        layout, [Service("one", ["sleep", "60"], healthy, prepare=prepare)], events.append
    )
    await supervisor.start()
    well = False
    seen = supervisor.state.services["one"].seen
    assert seen
    os.killpg(seen.pid, signal.SIGKILL)
    async with asyncio.timeout(20):
        while not any("no database" in event.text for event in events):
            await asyncio.sleep(0.05)
        well = True
        while not any(event.kind == "back" for event in events):
            await asyncio.sleep(0.05)
    await supervisor.stop()


@pytest.mark.parametrize(
    ("service", "sentence"),
    [
        (
            Service("bad", ["/bin/sh", "-c", "echo no luck; exit 7"], unhealthy),
            "ended with exit code 7: no luck",
        ),
        (Service("slow", ["sleep", "60"], unhealthy, ready_timeout_s=0.3), "no answer within 0 s"),
    ],
)
async def test_a_start_that_fails_says_why_and_leaves_nothing(
    home: Path, service: Service, sentence: str
) -> None:
    layout = layout_in(home)
    supervisor = Supervisor(layout, [Service("first", ["sleep", "60"], healthy), service], lambda _: None)
    with pytest.raises(Fault, match=sentence):
        await supervisor.start()
    state = read_run(layout.run_json)
    assert state
    assert (state.state, state.step) == ("failed", service.name)
    assert all(one.seen is None for one in state.services.values())


async def test_a_failing_task_stops_what_came_before(home: Path) -> None:
    async def fail() -> None:
        raise Fault("It cannot be.")

    layout = layout_in(home)
    steps = [Service("first", ["sleep", "60"], healthy), Task("second", fail)]
    supervisor = Supervisor(layout, steps, lambda _: None)
    with pytest.raises(Fault, match="It cannot be"):
        await supervisor.start()
    assert supervisor.state.services["first"].seen is None


def test_what_a_killed_supervisor_left_is_cleared_at_the_next_start(home: Path) -> None:
    layout = Layout(home, *free_layout_ports())
    code = f"""
import time
from pathlib import Path
from backend.local import Layout, start_stack
with start_stack(Layout(Path({str(home)!r}), {layout.port_base}, {layout.app_port}),
                 only=["postgres", "gateway"], migrations=False):
    time.sleep(60)
"""
    first = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT)

    def is_ready() -> bool:
        state = read_run(layout.run_json)
        return state is not None and state.state == "ready"

    wait_for(is_ready, 30)
    with pytest.raises(Fault, match=rf"running already \(process {first.pid}\)"):  # noqa: SIM117
        with start_stack(layout, only=["postgres"], migrations=False):
            pass
    first.kill()
    first.wait()
    state = read_run(layout.run_json)
    assert state
    orphans = [one.seen for one in state.services.values() if one.seen]
    assert len(orphans) == 2
    assert all(orphan.process() for orphan in orphans)

    with start_stack(layout, only=["postgres", "gateway"], migrations=False) as stack:
        assert httpx.get(f"{stack.keys.url}/health").status_code == 200
        assert not any(orphan.process() for orphan in orphans)


def test_an_own_pid_in_the_run_file_is_not_mistaken_for_an_orphan(home: Path) -> None:
    """Pids are used again: after a reboot a recorded one may belong to anybody."""
    layout = layout_in(home)
    bystander = subprocess.Popen(["sleep", "30"], start_new_session=True)
    try:
        layout.run_json.write_text(
            '{"supervisor": null, "app_port": 1, "port_base": 1, "services": {"gateway": {"name": "gateway", '
            f'"seen": {{"pid": {bystander.pid}, "started_at": 1.0, "cmdline": ["node"]}}}}}}}}'
        )
        with pytest.raises(Fault), start_stack(layout, only=["postgres"], migrations=True):
            raise Fault("reached")
        assert psutil.Process(bystander.pid).status() != psutil.STATUS_ZOMBIE
    finally:
        bystander.kill()
        bystander.wait()


def test_a_taken_port_is_named_with_its_owner(home: Path) -> None:
    layout = layout_in(home)
    taken = socket.create_server(("127.0.0.1", layout.gateway_port))
    with taken, pytest.raises(Fault) as clash, start_stack(layout, migrations=False):
        pass
    assert (
        f"Port {layout.gateway_port}, needed for gateway, is taken by process {os.getpid()}"
        in clash.value.problem
    )
    assert "MPAX_PORT_BASE" in clash.value.mend


def test_a_full_disk_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.local.stack.LEAST_FREE_BYTES", 10**18)
    with pytest.raises(Fault, match="are free on the disk"), start_stack(layout_in(home)):
        pass


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda pg: (pg / "PG_VERSION").write_text("15\n"),
            "was made by Postgres 15, and this is Postgres 18",
        ),
        (lambda pg: (pg / "base").mkdir(), "PG_VERSION is missing"),
    ],
)
def test_a_broken_data_folder_is_named(home: Path, spoil: Callable[[Path], object], sentence: str) -> None:
    layout = layout_in(home)
    layout.pg.mkdir()
    spoil(layout.pg)
    with pytest.raises(Fault, match=sentence), start_stack(layout, only=["postgres"], migrations=False):
        pass


def test_lost_keys_are_made_anew_and_the_data_stays(home: Path) -> None:
    layout = Layout(home, *free_layout_ports())
    with start_stack(layout, only=["postgres"], migrations=False) as stack:
        with psycopg.connect(stack.keys.system_dsn, autocommit=True) as conn:
            conn.execute("create table public.kept as select 1 as id")
        before = stack.keys
    assert layout.keys_env.stat().st_mode & 0o777 == 0o600
    layout.keys_env.unlink()
    with start_stack(layout, only=["postgres"], migrations=False) as stack:
        assert stack.keys.system_password != before.system_password
        for dsn in (stack.keys.system_dsn, stack.keys.app_dsn):
            psycopg.connect(dsn).close()
        with psycopg.connect(stack.keys.system_dsn) as conn:
            assert conn.execute("select id from public.kept").fetchone() == (1,)


def test_a_stale_pid_file_is_no_obstacle(home: Path) -> None:
    layout = Layout(home, *free_layout_ports())
    for _ in range(2):
        with start_stack(layout, only=["postgres"], migrations=False) as stack:
            psycopg.connect(stack.keys.system_dsn).close()
        # As left by a crash, its pid now another process's.
        (layout.pg / "postmaster.pid").write_text(
            f"{os.getpid()}\n{layout.pg}\n1\n{layout.postgres_port}\n\n\n"
        )


def test_the_application_role_has_no_rights_of_its_own(rough: Stack) -> None:
    with psycopg.connect(rough.keys.app_dsn, autocommit=True) as conn:
        for statement in (
            "select * from auth.users",
            "create table public.mine (id int)",
            "set role service_role",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement)
        conn.execute("set role anon")


def test_a_wrong_password_does_not_get_in(rough: Stack) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(rough.keys.system_dsn.replace(rough.keys.system_password, "guess"))


def test_keys_are_written_for_their_owner_only_and_read_back(home: Path) -> None:
    layout = layout_in(home)
    keys = make_keys(layout)
    write_keys(layout, keys)
    assert layout.keys_env.stat().st_mode & 0o777 == 0o600
    assert len(keys.jwt_secret) >= 32
    lines = dict(line.split("=", 1) for line in layout.keys_env.read_text().splitlines()[1:])
    assert lines == keys.env


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs Postgres as somebody else")
def test_data_lies_outside_a_home_that_postgres_cannot_reach(home: Path) -> None:
    layout = layout_in(home / "closed" / "inner")
    (home / "closed").chmod(0o700)
    try:
        for _ in range(2):
            with start_stack(layout, only=["postgres"], migrations=False) as stack:
                psycopg.connect(stack.keys.system_dsn).close()
        assert layout.home not in layout.pg.parents
        with pytest.raises(Fault, match=f"may not enter {home}/closed"):
            require_reach(postgres_account(), layout.home / "pg", "its data in")
    finally:
        shutil.rmtree(layout.pg, ignore_errors=True)
