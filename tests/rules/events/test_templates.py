"""The list of templates: what it says comes from the documents themselves."""

from __future__ import annotations

from pathlib import Path

from backend.domains.events.templates import Folder, Template, list_templates


def test_a_template_says_what_it_is_for(tmp_path: Path) -> None:
    boats = tmp_path / "boats_q2"
    boats.mkdir()
    boats.joinpath("event.yaml").write_text(
        "# Boats of all kinds,\n# most of them white.\n#\n# Not for sellers.\n\nid: boats-q2\nname: Boats Q2\ndomain: boats\n"
    )
    boats.joinpath("mapping.yaml").write_text("schema: source_mapping.v1\n")
    tmp_path.joinpath("base.yaml").write_text("id: base\n")
    assert list_templates(Folder(tmp_path)) == [
        Template("boats_q2", "Boats Q2", "Boats of all kinds, most of them white.", "boats", True),
        Template("base", "base", "", "general", False),
    ]


def test_what_is_no_event_document_is_not_listed(tmp_path: Path) -> None:
    tmp_path.joinpath("people.yaml").write_text("people: []\n")
    tmp_path.joinpath("broken.yaml").write_text("id: [\n")
    tmp_path.joinpath("marked.yaml").write_bytes("\ufeff# Read with its mark.\nid: marked\n".encode())
    assert [(t.name, t.description) for t in list_templates(Folder(tmp_path))] == [
        ("marked", "Read with its mark.")
    ]
