"""The form of a document: made from the schemas, filled from a draft, and what an edit in it writes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app import document_edits, document_form, document_rows, document_words, serve
from app.document_form import Field, field_at, form_model, sections
from app.document_look import MISSING, Look, look, path_of, value_at
from app.document_rows import Standing, element_id
from app.document_views import FieldRow
from backend.domains.events import schema
from backend.domains.events import service as events
from backend.domains.events.editing import edited
from backend.domains.events.model import Problem, Source

TESLA = Path(serve.ROOT, "seeds", "tesla_q1_2026", "event.yaml").read_text()
RIGHTS = {field.permission for section in sections() for field in (section, *section.members)}
KINDS = {"toggle", "number", "choice", "text", "area", "chips", "objects", "group", "map", "value"}


@cache
def seen(text: str = TESLA) -> Look:
    return look(text, events.shipped_templates())


def problems(text: str) -> tuple[Problem, ...]:
    return events.check(Source(text), events.shipped_templates()).problems


def standing(text: str = TESLA, *opened: str, rights: set[str] = RIGHTS) -> Standing:
    return Standing(seen(text), seen(), problems(text), opened, rights)


def rows(section: str, text: str = TESLA, *opened: str, rights: set[str] = RIGHTS) -> dict[str, FieldRow]:
    field = next(one for one in sections() if one.name == section)
    return {row.id: row for row in document_rows.form_rows(field, standing(text, *opened, rights=rights))}


def row(key: str, text: str = TESLA, *opened: str, rights: set[str] = RIGHTS) -> FieldRow:
    return rows(document_form.section_of(path_of(key)), text, *opened, rights=rights)[element_id(key)]


def every_field(fields: tuple[Field, ...]) -> list[Field]:
    found: list[Field] = []
    for field in fields:
        found += [field, *every_field(field.members), *every_field((field.item,) if field.item else ())]
    return found


class TestForm:
    def test_every_section_of_the_schemas_is_there_in_its_order(self) -> None:
        assert [section.name for section in sections()] == ["event", *schema.sections()]

    def test_every_leaf_of_the_schemas_has_a_field_with_words(self) -> None:
        for path, leaf in schema.leaves():
            if "*" not in path:
                field = field_at(path)
                assert field is not None, path
                assert field.kind in KINDS
                assert field.title
                assert field.help or "description" not in leaf

    def test_reload_risk_and_right_come_down_from_the_section(self) -> None:
        part = {"type": "object", "properties": {"on": {"type": "boolean", "x-risk": "low"}}}
        part |= {
            "x-reload": "kill",
            "x-permission": "change_voice_params",
            "x-read-by": None,
            "title": "Part",
        }
        (_, section) = form_model({"type": "object", "properties": {"part": part}})
        (field,) = section.members
        assert (field.reload, field.risk, field.permission) == ("kill", "low", "change_voice_params")
        assert section.is_unread

    @pytest.mark.parametrize(
        ("said", "kind"),
        [
            ({"type": "boolean"}, "toggle"),
            ({"type": ["number", "null"], "minimum": 1}, "number"),
            ({"type": "string", "enum": ["a"]}, "choice"),
            ({"type": "string", "maxLength": 40}, "text"),
            ({"type": "string", "maxLength": 4000}, "area"),
            ({"type": "array", "items": {"type": "string"}}, "chips"),
            ({"type": "array", "items": {"type": "object", "properties": {"x": {}}}}, "objects"),
            ({"type": "array", "items": {"type": "array"}}, "value"),
            ({"type": "object", "properties": {"x": {}}}, "group"),
            ({"type": "object", "additionalProperties": {"type": "string"}}, "map"),
            ({"type": "object"}, "value"),
            ({"anyOf": [{"type": "string"}, {"type": "number"}]}, "value"),
        ],
    )
    def test_what_a_field_is_drawn_as(self, said: dict[str, Any], kind: str) -> None:
        root, *others = form_model({"type": "object", "properties": {"x": said}})
        assert [*root.members, *others][0].kind == kind

    def test_the_grammar_names_what_the_editor_completes(self) -> None:
        grammar = document_form.whole_grammar()
        assert "hold_minutes" in grammar["m"]["conversion"]["m"]
        assert "calm_expert" in grammar["m"]["persona"]["m"]["style"]["m"]["tone"]["e"]
        assert "label" in grammar["m"]["catalogue"]["m"]["attributes"]["i"]["m"]
        assert len(json.dumps(grammar)) < 100_000


class TestRows:
    def test_a_value_says_which_layer_it_is_from(self) -> None:
        assert row("/conversion/hold_minutes").origin == "Set here"
        assert row("/conversion/hold_limit").origin == "From Platform defaults"
        assert row("/dates/opens_at").origin == "Default"

    def test_only_what_is_set_here_can_go_back(self) -> None:
        assert row("/conversion/hold_minutes").may_inherit
        assert not row("/conversion/hold_limit").may_inherit
        assert not row("/id").may_inherit

    def test_a_field_carries_its_unit_bounds_and_lever(self) -> None:
        found = row("/conversion/hold_minutes")
        assert (found.kind, found.value, found.unit, found.low, found.step) == (
            "number",
            "24",
            "minutes",
            "0.5",
            "1",
        )
        assert (found.reload, found.risk) == ("live", "medium")
        assert "-12 to +36 minutes" in found.lever

    def test_without_the_right_a_field_is_locked(self) -> None:
        assert row("/conversion/hold_minutes", rights=set()).is_locked
        assert not row("/conversion/hold_minutes", rights=set()).may_inherit
        assert not any(one.kind in {"add", "entry"} for one in rows("catalogue", rights=set()).values())

    def test_a_change_is_marked_in_its_field_and_counted_in_its_section(self) -> None:
        text = TESLA.replace("hold_minutes: 24", "hold_minutes: 30")
        assert row("/conversion/hold_minutes", text).is_changed
        counts = {one.name: one for one in document_rows.section_rows(standing(text))}
        assert (counts["conversion"].changed, counts["persona"].changed) == ("1", "")
        assert "1 changed" in counts["conversion"].summary

    def test_a_problem_stands_at_its_field_and_leads_to_its_line(self) -> None:
        text = TESLA.replace("hold_minutes: 24", "hold_minutes: -3")
        assert row("/conversion/hold_minutes", text).problem
        (found,) = [one for one in document_rows.found_rows(problems(text)) if one.blocks]
        assert text.splitlines()[found.line - 1].strip() == "hold_minutes: -3"
        assert found.place == "Conversion › Hold length"
        assert {one.name: one.problems for one in document_rows.section_rows(standing(text))}[
            "conversion"
        ] == "1"

    def test_the_place_of_a_problem_is_told_without_the_list_operations(self) -> None:
        path = path_of("/ui_contract/chips/$append/0")
        assert document_rows.place_words(path) == "Interface contract › Chips › no. 1"

    def test_an_entry_shows_its_fields_when_it_is_opened(self) -> None:
        closed, opened = rows("catalogue"), rows("catalogue", TESLA, "/catalogue/attributes/1")
        assert closed[element_id("/catalogue/attributes/1")].label == "Drivetrain"
        assert element_id("/catalogue/attributes/1/label") not in closed
        assert opened[element_id("/catalogue/attributes/1/label")].value == "Drivetrain"

    def test_the_ids_of_all_lines_differ(self) -> None:
        for section in sections():
            found = document_rows.form_rows(
                section, standing(TESLA, "/catalogue/attributes/0", "/experiments/0")
            )
            assert len({one.id for one in found}) == len(found)

    def test_a_document_with_mistakes_is_still_shown(self) -> None:
        text = TESLA.replace("hold_minutes: 24", "hold_minutes: soon").replace("extends: ", "extends: no_")
        assert row("/conversion/hold_minutes", text).value == "soon"
        assert row("/persona/style/tone", text).value == "calm_expert"


class TestEdits:
    def write(self, edits: list[Any], text: str = TESLA) -> str:
        return edited(text, edits)

    def test_a_value_is_written_where_it_stands_and_comments_stay(self) -> None:
        after = self.write(document_edits.set_value(seen(), ("conversion", "hold_minutes"), 30))
        assert after == TESLA.replace("hold_minutes: 24", "hold_minutes: 30")

    def test_the_same_value_writes_nothing(self) -> None:
        assert document_edits.set_value(seen(), ("conversion", "hold_minutes"), 24) == []
        assert document_edits.set_value(seen(), ("conversion", "deposit_required"), 1) != []  # 1 is not true

    def test_a_list_that_is_inherited_is_taken_over_whole(self) -> None:
        after = look(
            self.write(document_edits.remove(seen(), ("ui_contract", "chips", 0))), events.shipped_templates()
        )
        assert (
            value_at(after.authored, ("ui_contract", "chips")) == seen().value(("ui_contract", "chips"))[1:]
        )

    def test_a_list_of_its_own_changes_by_as_little_as_possible(self) -> None:
        own = seen().value(("ui_contract", "tile_specs"))
        path = ("ui_contract", "tile_specs")
        assert [e.op for e in document_edits.set_list(seen(), path, own[1:])] == ["remove"]
        assert [e.op for e in document_edits.set_list(seen(), path, [*own, "price"])] == ["insert"]
        assert [e.op for e in document_edits.set_list(seen(), path, [own[1], own[0], *own[2:]])] == ["move"]
        assert [e.op for e in document_edits.set_list(seen(), path, ["price"])] == ["set"]
        assert document_edits.set_list(seen(), path, own) == []

    def test_back_to_inherited_leaves_no_empty_maps(self) -> None:
        text = "extends: platform_defaults\nid: an-event\npersona:\n  style:\n    tone: calm_expert\n"
        after = self.write(document_edits.inherit(seen(text), ("persona", "style", "tone")), text)
        assert "persona" not in after
        assert (
            look(after, events.shipped_templates()).value(("persona", "style", "tone")) == "professional_warm"
        )

    def test_a_new_entry_has_what_it_cannot_be_without(self) -> None:
        field = field_at(("catalogue", "attributes", 15))
        assert field is not None
        after = self.write(
            document_edits.insert(seen(), ("catalogue", "attributes", 15), document_edits.blank(field))
        )
        assert (
            value_at(look(after, events.shipped_templates()).authored, ("catalogue", "attributes", 15))
            is not MISSING
        )

    @pytest.mark.parametrize(
        ("key", "text", "value"),
        [
            ("/conversion/hold_minutes", "30", 30),
            ("/conversion/hold_minutes", "0.5", 0.5),
            ("/conversion/deposit_required", "true", True),
            ("/persona/name", "24", "24"),
            ("/dates/opens_at", "", None),
            ("/search_defaults/filters/year", "{min: 2021}", {"min": 2021}),
            ("/search_defaults/filters/accidents", "0", 0),
        ],
    )
    def test_what_is_typed_becomes_a_value_of_its_field(self, key: str, text: str, value: Any) -> None:
        field = field_at(path_of(key))
        assert field is not None
        found = document_edits.typed(field, text)
        assert (found, type(found)) == (value, type(value))

    @pytest.mark.parametrize(
        ("key", "text"), [("/conversion/hold_minutes", "soon"), ("/search_defaults/filters/year", "{min")]
    )
    def test_what_is_no_value_is_refused_in_words(self, key: str, text: str) -> None:
        field = field_at(path_of(key))
        assert field is not None
        with pytest.raises(document_edits.NotAValue, match=r"\w"):
            document_edits.typed(field, text)

    def test_what_is_shown_of_a_value_is_read_back_as_that_value(self) -> None:
        field = field_at(("search_defaults", "filters", "x"))
        assert field is not None
        for value in (
            {"min": 2021},
            ["Model 3", "a, b"],
            True,
            "true",
            0.5,
            "2021",
            "plain",
            {"a b": "c: d"},
        ):
            found = document_edits.typed(field, document_words.flow(value))
            assert (found, type(found)) == (value, type(value))
