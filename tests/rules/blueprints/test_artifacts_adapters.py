"""Generated programs: made only where a form is clear, let through only if harmless, run only when approved and within limits."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import InvalidInput
from backend.domains.blueprints.adapters.code import AdapterProposal, digest_of, linted, propose_adapter
from backend.domains.blueprints.adapters.runner import Adapter, adapted, check_adapter
from backend.domains.blueprints.artifacts.files import is_inside
from backend.domains.catalogue import service as catalogue
from backend.domains.catalogue.readers import table_of

BOATS = {f"LOA {10 + at}.6 / beam {3 + at}.5 m": 1 for at in range(12)}


def made(cells: dict[str, int] = BOATS, key: str = "Dims") -> AdapterProposal:
    found = propose_adapter("boats.csv", key, cells)
    assert found is not None
    return found


def running(proposal: AdapterProposal, **limits: Any) -> Adapter:
    return Adapter(proposal, {proposal.sha256}, **limits)


def test_labelled_numbers_become_parts_with_their_unit() -> None:
    proposal = made()
    assert (proposal.file, proposal.fits, proposal.values) == ("dims.py", 12, 12)
    columns = proposal.columns
    assert list(columns) == ["Dims → loa", "Dims → beam"]
    assert columns["Dims → loa"]["target"] == "specs.loa"
    assert columns["Dims → loa"]["unit"] == "m", "the unit after the last stands for both"
    assert columns["Dims → loa"]["adapter"] == f"dims.py@{proposal.sha256}"
    rooms = made({f"{at} beds, {at + 1} baths, {at * 100} sqft": 1 for at in range(9)}, "Rooms")
    assert [part.name for part in rooms.parts] == ["beds", "baths", "area"]


def test_no_program_is_called_like_a_device() -> None:
    for key in ("Con", "AUX", "nul", "Lpt1"):
        assert is_inside(made(key=key).file)
    assert made(key="Content").file == "content.py"


@pytest.mark.parametrize(
    "cells",
    [
        {f"Model {at}": 1 for at in range(9)},
        {f"20{at}-20{at + 20}": 1 for at in range(10, 30)},
        {f"{at}/{at + 1}": 1 for at in range(9)},
        {f"LOA {at} / beam 3 m": 1 for at in range(3)},
        {**dict.fromkeys([f"LOA {at} / beam 3 m" for at in range(8)], 1), **dict.fromkeys([f"text {at}" for at in range(8)], 1)},
        {f"a lovely boat with {at} berths and a {at} m mast that is": 1 for at in range(9)},
    ],
    ids=["one_number", "no_names", "no_names_either", "too_few", "half_of_it", "prose"],
)  # fmt: skip
def test_nothing_is_made_where_no_form_is_clear(cells: dict[str, int]) -> None:
    assert propose_adapter("x.csv", "Text", cells) is None


@given(st.dictionaries(st.text(max_size=60), st.just(1), min_size=5, max_size=12))
def test_whatever_cells_hold_what_is_made_is_harmless(cells: dict[str, int]) -> None:
    found = propose_adapter("x.csv", "Text", cells)
    if found is not None:
        assert linted(found.code) == found.code


def program(body: str) -> str:
    return f"import re\n\n\ndef adapt(cell):\n    {body}\n"


@pytest.mark.parametrize(
    "code",
    [
        "import os\n" + program("return None"),
        "from re import compile\n" + program("return None"),
        "import re as r\n" + program("return None"),
        program("return open('/etc/passwd')"),
        program("return eval(cell)"),
        program("return __import__('os')"),
        program("return cell.__class__"),
        program("return re._cache"),
        program("return cell.format(cell)"),
        program("return cell % cell"),
        program("return 'x' * 10**9"),
        program("return (lambda: 1)()"),
        program("return f'{cell!r:>1000000000}'"),
        program("return getattr(cell, 'upper')()"),
        program("while True: pass"),
        program("global re"),
        program("str = cell"),
        program("return [x for x in range(10**9)]"),
        program("yield cell"),
        program("return re.sub('a', 'b', cell)"),
        "import re\ndef adapt(cell=open('x')):\n    return None\n",
        "import re\n@print\ndef adapt(cell):\n    return None\n",
        "import re\ndef adapt(*cells):\n    return None\n",
        "import re\nadapt = len\n",
        "import re\ndef other(cell):\n    return None\n",
        "class adapt: pass\n",
        "(" * 5000,
        "x" * 20_000,
        "\0",
    ],
)
def test_a_program_that_could_do_more_is_not_let_through(code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        linted(code)
    assert refused.value.code == "blueprints.adapter_refused"


def test_nothing_runs_before_somebody_has_approved_it() -> None:
    proposal = made()
    for approved in (set[str](), {digest_of(proposal.code + " ")}):
        with pytest.raises(InvalidInput) as refused:
            Adapter(proposal, approved)
        assert (refused.value.code, refused.value.facts["sha256"]) == (
            "blueprints.adapter_unapproved",
            proposal.sha256,
        )


def test_an_approved_program_is_tried_on_its_own_cells_first() -> None:
    proposal = made()
    with running(proposal) as adapter:
        check_adapter(adapter)
        assert adapter.split(["LOA 14.6 / beam 4.5 m", "no boat"]) == [{"loa": "14.6", "beam": "4.5 m"}, None]
    wrong = replace(proposal, tests=(("loa 1 / beam 2 m", {"loa": "2"}),))
    with running(wrong) as adapter, pytest.raises(InvalidInput) as refused:
        check_adapter(adapter)
    assert refused.value.code == "blueprints.adapter_refused"


def test_its_parts_are_read_by_the_import_as_columns(tmp_path: Path) -> None:
    proposal = made()
    (tmp_path / "boats.csv").write_text("Id,Dims\n1,LOA 14.6 / beam 4.5 m\n2,unknown length\n3,\n")
    mapping = {
        "schema": "source_mapping.v1",
        "source": "boats",
        "columns": {"Id": "external_id", **proposal.columns},
        "defaults": {"make": "Example"},
        "ignore": {"Dims": "unused"},
    }
    with pytest.raises(InvalidInput) as refused:
        catalogue.preview_rows(tmp_path / "boats.csv", mapping)
    assert refused.value.code == "catalogue.adapter_unapproved"
    table = table_of(
        "boats.csv",
        ["Id", "Dims"],
        [["1", "LOA 14.6 / beam 4.5 m"], ["2", "unknown"], ["3", None], ["4"]],
        sha256="0",
    )
    with running(proposal) as adapter:
        whole = adapted(table, [adapter])
        assert whole.header == ("Id", "Dims", "Dims → loa", "Dims → beam")
        assert [list(cells) for _, cells in whole.records] == [
            ["1", "LOA 14.6 / beam 4.5 m", "14.6", "4.5 m"],
            ["2", "unknown", "unknown", "unknown"],
            ["3", None, None, None],
            ["4", None, None, None],
        ]


# past the allow-list, as if it had a hole: each must end on its own limits
@pytest.mark.parametrize(
    "body",
    [
        "return {'a': (r'((a+)+)+$', re.match('((a+)+)+$', 'a' * 60 + 'b'))}",
        "return {'a': 'x' * (1 << 33)}",
        "while True: pass",
        "return open('/etc/passwd').read()",
        "import os; os.system('true')",
        "return (1).__class__.__mro__[1].__subclasses__()[0](1, 2, 3)",
    ],
    ids=["backtracking", "memory", "endless", "files", "children", "inside"],
)
def test_limits_hold_where_the_lint_would_have_failed(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.domains.blueprints.adapters.runner.linted", lambda code: code)
    proposal = replace(made(), code=program(body))
    started = time.monotonic()
    with running(proposal, wall_s=2.0, seconds=1) as adapter, pytest.raises(InvalidInput) as refused:
        adapter.split(["x"])
    assert refused.value.code == "blueprints.adapter_refused"
    assert time.monotonic() - started < 6


def test_the_process_writes_no_file_and_knows_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.domains.blueprints.adapters.runner.linted", lambda code: code)
    monkeypatch.setenv("SECRET_OF_THE_PARENT", "hush")
    body = "return {'e': str(re.__dict__['enum'].sys.modules['os'].environ)}"
    with running(replace(made(), code=program(body))) as adapter:
        (found,) = adapter.split(["x"])
    assert found is not None
    assert "hush" not in json.dumps(found)
    target = tmp_path / "written"
    body = f"return {{'e': str(re.__dict__['enum'].sys.modules['io'].open({str(target)!r}, 'w').write('x'))}}"
    with running(replace(made(), code=program(body))) as adapter, pytest.raises(InvalidInput):
        adapter.split(["x"])
    assert not target.exists() or target.read_text() == ""
