"""The services of the embedded Supabase and of the product on top, as the supervisor starts them."""

from __future__ import annotations

import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

from backend.local import contrib
from backend.local.account import postgres_account
from backend.local.bootstrap import BOOTSTRAP_SQL
from backend.local.faults import Fault
from backend.local.health import WorkerHealth, accepts_connections, http_ok
from backend.local.keys import Keys
from backend.local.layout import HOST, PROJECT, Layout
from backend.local.node import GATEWAY, path_with_node
from backend.local.node import node as node_program
from backend.local.postgres import Cluster
from backend.local.project import SUPABASE, read_project
from backend.local.service import Service

REALTIME_FRAME_BYTES = 1_000_000
APP_TIMEOUT_S = 900  # the first start compiles the user interface


def cluster_of(layout: Layout, *, durable: bool = True) -> Cluster:
    """The Postgres cluster of the layout, with what its present installation can preload."""
    preload = ("pg_stat_statements",) if "pg_stat_statements" in contrib.available() else ()
    return Cluster(layout.pg, layout.postgres_port, postgres_account(), durable=durable, preload=preload)


def postgres(layout: Layout, *, durable: bool = True) -> Service:
    cluster = cluster_of(layout, durable=durable)

    def prepare() -> None:
        cluster.clear_leftovers()
        cluster.configure()

    return Service(
        name="postgres",
        argv=cluster.argv,
        health=accepts_connections(cluster),
        env=cluster.env,
        port=layout.postgres_port,
        prepare=prepare,
        account=cluster.account,
        ready_timeout_s=120,  # after a crash it replays its log first
        stop_timeout_s=30,
        stop_signal=signal.SIGINT,
    )


def gateway(layout: Layout, keys: Keys, otp_interval_s: int | None = None) -> Service:
    project = read_project()
    interval = os.environ.get("MPAX_OTP_INTERVAL_S") if otp_interval_s is None else otp_interval_s
    env = {
        "NODE_ENV": "production",
        "GATEWAY_PORT": str(layout.gateway_port),
        "DATABASE_URL": keys.system_dsn,
        "BOOTSTRAP_SQL": str(BOOTSTRAP_SQL),
        "STORAGE_FOLDER": str(layout.storage),
        "OUTBOX_FOLDER": str(layout.outbox),
        "REALTIME_URL": f"http://{HOST}:{layout.realtime_port}",
        "FUNCTIONS_URL": f"http://{HOST}:{layout.functions_port}",
        "SITE_URL": os.environ.get("MPAX_PUBLIC_URL") or f"http://localhost:{layout.app_port}",
        "JWT_EXPIRY_S": str(project.jwt_expiry_s),
        "CONFIRM_EMAIL": "1" if project.confirm_email else "0",
        "ALLOW_SIGNUP": os.environ.get("MPAX_ALLOW_SIGNUP") or ("1" if project.allow_signup else "0"),
        "FUNCTIONS_WITHOUT_JWT": ",".join(project.functions_without_jwt),
        "MPAX_OTP_INTERVAL_S": str(project.otp_interval_s if interval is None else interval),
    }
    return Service(
        name="gateway",
        argv=[str(node_program()), str(GATEWAY / "gateway.mjs")],
        health=http_ok(layout.gateway_port, "/health"),
        env=_bare_env() | _keys_env(keys) | _limits_env() | env,
        cwd=GATEWAY,
        port=layout.gateway_port,
    )


def realtime(layout: Layout, keys: Keys) -> Service:
    argv = [sys.executable, "-m", "uvicorn", "--factory", "backend.local.realtime.server:create_app"]
    argv += ["--host", HOST, "--port", str(layout.realtime_port), "--ws", "websockets-sansio"]
    argv += ["--ws-max-size", str(REALTIME_FRAME_BYTES), "--no-access-log", "--log-level", "warning"]
    argv += ["--timeout-graceful-shutdown", "2"]
    return Service(
        name="realtime",
        argv=argv,
        health=http_ok(layout.realtime_port, "/realtime/v1/health"),
        env=_bare_env() | _keys_env(keys) | {"DATABASE_URL": keys.system_dsn},
        cwd=PROJECT,
        port=layout.realtime_port,
    )


def functions(layout: Layout, keys: Keys) -> Service:
    """Functions see the API's address and keys, as on hosted, and never the database's."""
    folder = SUPABASE / "functions"
    runner = Path(__file__).parent / "functions" / "runner.ts"
    readable = ",".join(str(path) for path in (folder, layout.deno))
    argv = [deno(), "run", "--no-prompt", "--no-config", "--no-lock", "--node-modules-dir=none"]
    argv += ["--allow-net", "--allow-env", f"--allow-read={readable}", str(runner)]
    env = {
        "DENO_DIR": str(layout.deno),
        "DENO_NO_UPDATE_CHECK": "1",
        "SUPABASE_URL": keys.url,
        "SUPABASE_ANON_KEY": keys.publishable,
        "SUPABASE_SERVICE_ROLE_KEY": keys.secret,
    }
    return Service(
        name="functions",
        argv=[*argv, str(folder), str(layout.functions_port)],
        health=http_ok(layout.functions_port, "/_health"),
        env=_bare_env() | env,
        cwd=SUPABASE,
        port=layout.functions_port,
    )


def worker(layout: Layout, keys: Keys) -> Service:
    health = WorkerHealth(keys.system_dsn)
    return Service(
        name="worker",
        argv=[sys.executable, "-m", "backend.worker"],
        health=health,
        env=product_env(layout, keys),
        cwd=PROJECT,
        prepare=health.remember,
        ready_timeout_s=60,
        stop_timeout_s=30,
    )


def app(layout: Layout, keys: Keys) -> Service:
    return Service(
        name="app",
        argv=[sys.executable, "-m", "app.serve"],
        health=http_ok(layout.app_port, "/ping"),
        env=product_env(layout, keys),
        cwd=PROJECT,
        port=layout.app_port,
        ready_timeout_s=APP_TIMEOUT_S,
        stop_timeout_s=15,
    )


def product_env(layout: Layout, keys: Keys) -> dict[str, str]:
    """The environment of the product's own processes on this stack: all of ours, and where the stack is."""
    return {
        **os.environ,
        **keys.env,
        "MPAX_HOME": str(layout.home),
        "MPAX_PORT": str(layout.app_port),
        "MPAX_PORT_BASE": str(layout.port_base),
        "PATH": path_with_node(layout),
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
    }


def exists(module: str) -> bool:
    """Whether a module of the product is there to be run."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def deno() -> str:
    """The Deno program of the Python package.

    Raises: Fault when it is not installed.
    """
    program = Path(sys.executable).with_name("deno")
    if not program.exists():
        raise Fault("Deno is not installed.", "Install the locked dependencies (`make run` does).")
    return str(program)


def _keys_env(keys: Keys) -> dict[str, str]:
    return {"PUBLISHABLE_KEY": keys.publishable, "SECRET_KEY": keys.secret, "JWT_SECRET": keys.jwt_secret}


def _limits_env() -> dict[str, str]:
    """How often passwords and codes may be tried, where the environment says so (the gateway has defaults)."""
    return {name: value for name, value in os.environ.items() if name.startswith("MPAX_AUTH_TRIES_")}


def _bare_env() -> dict[str, str]:
    """Nothing but what programs need to run at all, and how to reach the network."""
    wanted = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "DENO_CERT")
    network = (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "NPM_CONFIG_REGISTRY",
    )
    return {name: os.environ[name] for name in (*wanted, *network) if name in os.environ}
