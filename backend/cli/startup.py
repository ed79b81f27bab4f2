"""`mpax up` with what the product adds to the stack: the demo at first start, and what to open afterwards."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backend.cli import stack
from backend.cli.stack import up
from backend.local import Layout, Task

__all__ = ["up"]


def demo_task(layout: Layout) -> Task:
    async def make() -> None:
        # imported here: `mpax up` shows its first step before the language engine is loaded
        from backend.cli import wiring
        from backend.core.settings import load_settings
        from backend.flows import demo

        async with wiring.open_database() as database:
            if not await demo.is_there(database):
                await demo.seed(load_settings(), database, tell=lambda _line: None)

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
    return Group(places, Text(), people, Text("\nCtrl-C stops everything.", style="dim"))


stack.STEPS.append(demo_task)
stack.WELCOME.append(_welcome)
