"""`mpax blueprint` on files of this machine: one command, no database, nothing half-written."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.services.blueprints.shop import call_blueprint, picture, write_list, write_photos


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("MPAX_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_list(folder / "autumn_pianos.csv")
    write_photos(folder / "photos.zip")
    return folder


def document(out: Path) -> dict[str, object]:
    (file,) = (out / "config/sales_events").glob("*.yaml")
    return yaml.safe_load(file.read_text())


def test_samples_become_a_tree(shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = call_blueprint(shop / "autumn_pianos.csv", shop / "photos.zip", "--out", out, "--slug", "grands")
    assert done.exit_code == 0, done.output
    assert (out / "MANIFEST.json").is_file()
    mapping = json.loads((out / "sources/grands/column_mapping.json").read_text())
    targets = json.dumps(mapping["columns"])
    for target in ("external_id", "make", "year", "price"):
        assert f'"{target}"' in targets
    assert mapping["ignore"]["Dealer cost"] == "internal"
    assert mapping["ignore"]["Owner phone"] == "personal"
    photos = json.loads((out / "evidence.json").read_text())["photos"]
    assert [photo["listing"] for photo in photos] == ["PN-1000", "PN-1001", "PN-1002"]
    assert "left out: personal" in done.output
    assert "3 photos: 3 belong to a row" in done.output
    for path in out.rglob("*"):
        assert not path.is_file() or "(555) 010-" not in path.read_text(), path


def test_what_was_chosen_and_said_is_in_it(shop: Path, tmp_path: Path) -> None:
    choices = (
        "--mode",
        "human_handoff",
        "--deposit",
        "--hold",
        "90",
        "--name",
        "Autumn grands",
        "--currency",
        "CAD",
    )
    said = ("--say", "ignore Town", "--compliance", "CITES papers")
    done = call_blueprint(shop / "autumn_pianos.csv", "--out", tmp_path / "out", *choices, *said)
    assert done.exit_code == 0, done.output
    assert "Understood: “Town” is left out." in done.output
    made = document(tmp_path / "out")
    assert (made["id"], made["name"], made["currency"]) == ("autumn-grands", "Autumn grands", "CAD")
    conversion = made["conversion"]
    assert isinstance(conversion, dict)
    assert (conversion["mode"], conversion["hold_minutes"], conversion["deposit_required"]) == (
        "human_handoff",
        90,
        True,
    )
    assert "cites_papers" in str(made["safety"])


def test_as_json_it_is_the_whole_proposal(shop: Path) -> None:
    done = call_blueprint(shop / "autumn_pianos.csv", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["proposal"]["sheets"][0]["row_count"] == 40
    assert told["document"].startswith("# 40 ")
    assert [each["column"] for each in told["adapters"]] == ["Case"]
    assert "MANIFEST.json" in told["files"]


def test_the_same_samples_give_the_same_bytes(shop: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert call_blueprint(shop / "autumn_pianos.csv", "--out", tmp_path / name).exit_code == 0
    one, two = ((tmp_path / name / "MANIFEST.json").read_bytes() for name in ("one", "two"))
    assert one == two


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.bin", b"\x00\x01\x02\x03" * 50, "is no spreadsheet"),
        ("list.xlsx", b"PK\x03\x04[Content_Types].xml xl/" + b"\x00" * 200, "list.xlsx"),
        ("photo.jpg", b"", "is no spreadsheet"),
    ],
    ids=["unknown", "broken_workbook", "empty"],
)
def test_a_file_that_cannot_be_read_is_named_and_nothing_is_written(
    tmp_path: Path, shop: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    done = call_blueprint(shop / "autumn_pianos.csv", tmp_path / name, "--out", tmp_path / "out")
    assert done.exit_code == 1, done.output
    assert words in done.stderr
    assert not (tmp_path / "out").exists()


def test_cells_that_cannot_be_read_are_told_by_row_and_column(tmp_path: Path) -> None:
    lines = write_list(tmp_path / "pianos.csv").read_text().splitlines()
    lines[7] = re.sub(r'"\$[\d,]+"', "cheap as chips", lines[7], count=1)
    (tmp_path / "pianos.csv").write_text("\n".join(lines) + "\n")
    done = call_blueprint(tmp_path / "pianos.csv")
    assert done.exit_code == 0, done.output
    assert "row 8, Asking price: not money" in done.output


def test_a_template_that_is_none_is_a_wrong_call(shop: Path) -> None:
    done = call_blueprint(shop / "autumn_pianos.csv", "--template", "watches")
    assert done.exit_code == 2
    assert "watches_q1_2026" in done.output


def test_photos_alone_have_nothing_to_sell(tmp_path: Path) -> None:
    (tmp_path / "IMG_1.jpg").write_bytes(picture("one"))
    done = call_blueprint(tmp_path / "IMG_1.jpg")
    assert done.exit_code == 1
    assert "None of the files has listings in it" in done.stderr


def test_a_sentence_that_says_nothing_known_is_told_with_what_is_near(shop: Path) -> None:
    done = call_blueprint(shop / "autumn_pianos.csv", "--say", "frobnicate the widgets", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["code"] == "blueprints.not_understood"


def test_what_is_kept_back_is_published_only_by_an_express_word(shop: Path, tmp_path: Path) -> None:
    said = ("--say", "treat Dealer cost as price")
    done = call_blueprint(shop / "autumn_pianos.csv", "--out", tmp_path / "out", *said)
    assert done.exit_code == 1, done.output
    assert "Dealer cost" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_of_others_is_left_alone(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    done = call_blueprint(shop / "autumn_pianos.csv", "--out", tmp_path)
    assert done.exit_code == 1
    assert "has other files in it" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_list_without_its_ids_is_written_and_says_what_is_open(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "Colour,Weight (kg)\n" + "".join(f"red,{at}.5\n" for at in range(1, 30))
    )
    done = call_blueprint(tmp_path / "list.csv", "--out", tmp_path / "out")
    assert done.exit_code == 3, done.output
    assert "Which column tells one listing from another" in re.sub(r"\s+", " ", done.output)
    assert (tmp_path / "out/MANIFEST.json").is_file()


def test_stopped_it_leaves_nothing_behind(shop: Path, tmp_path: Path) -> None:
    write_list(tmp_path / "big.csv", 60_000)
    code = "from backend.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        code,
        "blueprint",
        str(tmp_path / "big.csv"),
        "--out",
        str(tmp_path / "out"),
    ]
    screen, side = pty.openpty()
    running = subprocess.Popen(command, stderr=side, env={**os.environ, "PYTHONPATH": ".", "TERM": "xterm"})
    os.close(side)
    told = _read_until(screen, b"big.csv")  # the bar is there: it is reading
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=30) == 130, told
    assert b"Stopped. Nothing was written." in _read_until(screen, b"written.")
    assert [path.name for path in tmp_path.iterdir()] == ["big.csv"]


def _read_until(screen: int, words: bytes, patience_s: float = 60.0) -> bytes:
    told, until = b"", time.monotonic() + patience_s
    while words not in told and time.monotonic() < until:
        ready, _, _ = select.select([screen], [], [], 1.0)
        try:
            told += os.read(screen, 65_536) if ready else b""
        except OSError:  # the other side is closed
            break
    return told
