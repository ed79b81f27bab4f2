"""`mpax up` with what the product adds to the stack: the demo at first start, and what to open afterwards."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backend.cli import stack
from backend.cli.stack import up
from backend.local import Fault, Layout, Task, read_keys
from backend.local.layout import PROJECT
from backend.local.services import product_env

__all__ = ["up"]


def demo_task(layout: Layout) -> Task:
    """Makes the demo unless an event is there. In a process of its own: the supervisor stays small and keeps watching."""

    done = layout.run / "demo"  # goes with the data when the stack is reset; saves later starts a process

    async def make() -> None:
        if done.exists():
            return
        keys = read_keys(layout)
        assert keys is not None
        command = [sys.executable, "-c", "from backend.cli import main; main()", "seed", "--if-empty"]
        seeding = await asyncio.create_subprocess_exec(
            *command, cwd=PROJECT, env=product_env(layout, keys), stdout=PIPE, stderr=STDOUT
        )
        said, _ = await seeding.communicate()
        if seeding.returncode:
            raise Fault(
                f"The demo could not be made: {said.decode()[-600:].strip()}", "`mpax seed` tries again."
            )
        done.touch()

    return Task("demo event", make)


def _welcome(layout: Layout) -> RenderableType:
    from backend.flows import demo

    base = f"http://localhost:{layout.app_port}"
    places = Table.grid(padding=(0, 2))
    for what, path in (
        ("Storefront", "/e/tesla-q1-2026"),
        ("Cockpit", "/cockpit"),
        ("Dealers", "/dealer"),
        ("API", "/api/docs"),
    ):
        places.add_row(what, f"{base}{path}")
    people = Table(title="Demo sign-ins", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for head in ("role", "e-mail", "password"):
        people.add_column(head)
    for person in demo.sign_ins():
        people.add_row(person.role, person.email, person.password)
    return Group(places, Text(), people)


stack.STEPS.append(demo_task)
stack.WELCOME.append(_welcome)
