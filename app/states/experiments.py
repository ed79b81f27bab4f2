"""The figures of one event, and what its experiment says so far."""

from __future__ import annotations

from collections.abc import Iterator

import plotly.graph_objects as go
import reflex as rx

from app import bridge, formats
from app.components.charts import rates
from app.states.event_page import EventPage
from app.views import ArmRow, Labelled
from backend.domains.analytics import service as analytics
from backend.domains.analytics.model import Kpis
from backend.domains.experiments.model import ArmResult, Comparison, ExperimentResult, Verdict

_LACKING = "Too early to say. "


class Experiments(rx.State):
    """Read when the page opens and when its tab is chosen."""

    story: str = ""
    name: str = ""
    title: str = ""
    verdict: str = ""
    warning: str = ""
    arms: list[ArmRow] = []
    facts: list[Labelled] = []
    figure_light: go.Figure = go.Figure()
    figure_dark: go.Figure = go.Figure()

    @rx.event
    async def load(self) -> None:
        page = await self.get_state(EventPage)
        if not page.ready:
            return
        await bridge.limit(self, "read")
        async with bridge.unit(self) as ctx:
            report = await analytics.event_report(ctx, slug=self.slug)
        self.story = story(report.kpis)
        found = report.experiments[0] if report.experiments else None
        self.name = found.key if found else ""
        if found:
            self._show(found)

    def _show(self, found: ExperimentResult) -> None:
        self.title = found.title
        self.verdict, self.warning = verdict_words(found), warning_words(found)
        self.arms = [_arm(arm) for arm in found.arms]
        self.facts = list(_facts(found))
        lines = [(_name(arm), arm.rate or 0.0, arm.interval.low, arm.interval.high) for arm in found.arms]
        self.figure_light, self.figure_dark = rates(lines, "light"), rates(lines, "dark")


def story(kpis: Kpis) -> str:
    """The event so far, in sentences rather than boxes."""
    if kpis.sessions == 0:
        return "Nobody has come in yet. Send the storefront's address to somebody, or open it yourself."
    people = formats.count(kpis.sessions, "person", "people")
    met = f"{kpis.sessions_matched} of them met something that fits"
    median = kpis.seconds_to_first_match
    fast = f", half of those within {formats.seconds(median)}" if median is not None else ""
    return f"{people} began a conversation; {met}{fast}. {_holds(kpis)}"


def _holds(kpis: Kpis) -> str:
    if kpis.holds_placed == 0:
        return "Nothing has been held yet."
    placed = formats.count(kpis.holds_placed, "hold was", "holds were")
    return f"{placed} placed; {kpis.active_holds or 'none'} {'is' if kpis.active_holds < 2 else 'are'} running now."


def verdict_words(found: ExperimentResult) -> str:
    """What may be said, and no more."""
    comparison = found.comparison
    if comparison is None or comparison.difference is None:
        return f"{_LACKING}Not enough buyers have seen the arms."
    if comparison.difference == 0:
        return f"{_LACKING}The arms convert equally."
    names = {arm.key: _name(arm) for arm in found.arms}
    leader = names[comparison.variant if comparison.difference >= 0 else comparison.control]
    lead = f"{abs(100 * comparison.difference):.1f} points"
    if found.verdict in {Verdict.VARIANT_BETTER, Verdict.CONTROL_BETTER}:
        return f"“{leader}” converts better, by {lead}. Chance alone rarely explains that."
    if found.verdict is Verdict.NO_DIFFERENCE:
        return f"No difference that chance could not explain. “{leader}” leads by {lead}."
    return f"{_LACKING}“{leader}” leads by {lead}, on few buyers."


def warning_words(found: ExperimentResult) -> str:
    if found.verdict is Verdict.SUSPECT_SPLIT:
        return (
            "Buyers were not split as planned, so the comparison cannot be trusted. "
            "Look for what keeps one arm from being seen."
        )
    return ""


def _facts(found: ExperimentResult) -> Iterator[Labelled]:
    yield Labelled("What counts", found.primary_metric.replace("_", " ").capitalize())
    if found.hypothesis:
        yield Labelled("Expected", found.hypothesis)
    if found.comparison:
        yield from _comparison(found.comparison)
    ratio = found.ratio_check
    held = "No" if ratio.verdict == "suspect" else "Yes"
    yield Labelled("Split as planned", f"{held}, p = {ratio.p:.3f} (χ² = {ratio.chi2:.2f})")


def _comparison(found: Comparison) -> Iterator[Labelled]:
    if found.difference is not None and found.interval is not None:
        low, high = 100 * found.interval.low, 100 * found.interval.high
        text = f"{100 * found.difference:+.1f} points, 95 % interval {low:+.1f} to {high:+.1f}"
        yield Labelled("Difference", text)
    if found.z is not None and found.p is not None:
        yield Labelled("Two-proportion z", f"z = {found.z:.2f}, p = {found.p:.3f}, two-sided")
    if not found.enough and found.reason:
        yield Labelled("Still missing", found.reason)


def _name(arm: ArmResult) -> str:
    return arm.title or arm.key.replace("_", " ").capitalize()


def _arm(arm: ArmResult) -> ArmRow:
    return ArmRow(
        key=arm.key,
        name=_name(arm),
        weight=formats.percent(arm.weight, 0),
        exposed=arm.exposed,
        converted=arm.converted,
        rate="—" if arm.rate is None else formats.percent(arm.rate),
        interval=f"{100 * arm.interval.low:.1f} to {formats.percent(arm.interval.high)}",
    )
