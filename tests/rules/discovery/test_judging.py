"""Which of several wordings is taken, and that it is always the same one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from backend.domains.discovery import conversation
from backend.domains.discovery.evidence import Evidence, evidence_of
from backend.domains.discovery.grounding import check
from backend.domains.discovery.judging import WEIGHTS, judge
from tests.rules.discovery.test_answering import facts

_GOOD = "5 cars fit. Closest is the 2022 Tesla Model 3 No. 1 at $36,800."


def _best(*candidates: str, tone: str = "calm_expert", most_words: int = 40) -> int:
    return judge(candidates, evidence_of(facts()), tone=tone, most_words=most_words).index


def test_a_statement_without_a_source_loses_to_a_plainer_one() -> None:
    charming = (
        "5 cars fit. Closest is the 2022 Tesla Model 3 No. 1 at $31,000, a wonderful car with a new battery."
    )
    assert _best(charming, _GOOD) == 1


def test_what_speaks_of_the_listing_wins_over_small_talk() -> None:
    assert _best("Cars are a matter of taste.", _GOOD) == 1


def test_the_briefer_of_two_wins_past_the_limit() -> None:
    assert (
        _best(
            _GOOD + " Take the time you need, there is no rush at all, and ask whatever comes to mind." * 3,
            _GOOD,
        )
        == 1
    )


def test_the_tone_of_the_event_decides_between_equals() -> None:
    loud = _GOOD.replace("cars fit.", "cars fit!!") + " WONDERFUL!"
    assert _best(loud, _GOOD) == 1
    assert _best(_GOOD, _GOOD) == 0


def test_the_weights_are_a_whole() -> None:
    assert sum(WEIGHTS.values()) == 1


def test_an_empty_answer_is_never_the_best_one() -> None:
    assert _best("", "  ", _GOOD) == 2


@given(
    st.lists(st.text(max_size=80), min_size=1, max_size=4),
    st.sampled_from(["calm_expert", "friendly_expert", ""]),
    st.integers(1, 60),
)
def test_scores_stay_within_bounds_and_the_best_is_the_first_of_the_best(
    texts: list[str], tone: str, most_words: int
) -> None:
    judged = judge(texts, Evidence(), tone=tone, most_words=most_words)
    assert judged == judge(texts, Evidence(), tone=tone, most_words=most_words)
    for scores in judged.scores:
        assert all(0 <= getattr(scores, name) <= 1 for name in scores.__slots__)
    totals = [scores.total for scores in judged.scores]
    assert judged.index == totals.index(max(totals))


def test_the_built_in_words_take_turns_and_none_is_better_than_another() -> None:
    made = list(dict.fromkeys(conversation.reply(replace(facts(), turn=turn)) for turn in range(4)))
    assert len(made) == 3
    assert all(not check(text, evidence_of(facts())).dropped for text in made)
    assert _best(*made) == 0
