"""Many edits at once: as quick as one writes a document, and sections without an edit stay as they are."""

from __future__ import annotations

import time

from backend.domains.events.editing import Edit, edited
from tests.rules.events.support import value_of


def test_many_edits_take_little_time_and_leave_other_sections_alone() -> None:
    section = "# counted\nflags:\n" + "".join(f"  f{n}: 0 # note {n}\n" for n in range(400))
    text = f"id: sale # mine\n{section}name: Sale # kept\n"
    begun = time.perf_counter()
    written = edited(text, [Edit("set", ("flags", f"f{n}"), n) for n in range(400)])
    assert time.perf_counter() - begun < 1.5
    assert value_of(written) == {"id": "sale", "flags": {f"f{n}": n for n in range(400)}, "name": "Sale"}
    assert written.startswith("id: sale # mine\n# counted\nflags:\n")
    assert written.endswith("name: Sale # kept\n")


def test_a_large_section_set_as_a_whole_takes_little_time() -> None:
    text = "id: sale\n" + "".join(f"s{s}:\n" + "".join(f"  f{n}: 0\n" for n in range(100)) for s in range(60))
    wanted = {f"s{s}": {f"f{n}": 1 for n in range(100)} for s in range(60)}
    begun = time.perf_counter()
    written = edited(text, [Edit("set", (name,), values) for name, values in wanted.items()])
    assert time.perf_counter() - begun < 5
    assert value_of(written) == {"id": "sale", **wanted}
