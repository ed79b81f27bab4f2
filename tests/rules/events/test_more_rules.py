"""Rules of the sections that engines will read: each refuses one document and accepts its sound twin."""

from __future__ import annotations

import pytest

from backend.domains.events.model import Severity
from backend.domains.events.table_rules import places
from tests.rules.events.support import compiled

TOOLS = "tools: [{name: hold_listing, description: Holds.}, {name: find, description: Finds.}]"
MAIL = "templates: [{key: hello, channel: email, subject: Hi, body: Hi}]"


def follow_up(steps: str) -> str:
    return f"follow_ups: [{{key: f, trigger: no_answer, steps: [{steps}]}}]"


def question(rest: str) -> str:
    return f"agent: {{survey: {{questions: [{{key: q, question: Why?, {rest}}}]}}}}"


def arm(patch: str) -> str:
    return (
        f"experiments: [{{key: t, arms: [{{key: a, weight: 1}}, {{key: b, weight: 0, patch: {{{patch}}}}}]}}]"
    )


def profile(rest: str) -> str:
    return f"agent: {{{TOOLS}}}\npolicy: {{profiles: [{{key: p, {rest}}}]}}"


#: What a sound document may be told all the same.
ADVICE = {"unread_section", "button_refused", "never_reached"}

#: What is refused, where and how; then the same, sound.
PAIRS = [
    (
        "lead_scoring: {weights: {motivation: 0.5}}",
        "/lead_scoring/weights",
        "sum_not_one",
        "lead_scoring: {weights: {motivation: 0.2, timeline: 0.25}}",
    ),
    (
        "outreach: {channel_weights: {time: 0.5}}",
        "/outreach/channel_weights",
        "sum_not_one",
        "outreach: {channel_weights: {time: 0.2, urgency: 0}}",
    ),
    (
        "offer: {arv: {weights: {size: 1}}}",
        "/offer/arv/weights",
        "sum_not_one",
        "offer: {arv: {weights: {size: 1, distance: 0, recency: 0}}}",
    ),
    (
        "lead_scoring: {bands: {hot: 50, warm: 50}}",
        "/lead_scoring/bands/warm",
        "out_of_order",
        "lead_scoring: {bands: {hot: 51, warm: 50}}",
    ),
    (
        "offer: {range: {min_percent: 80}}",
        "/offer/range/min_percent",
        "out_of_order",
        "offer: {range: {min_percent: 70}}",
    ),
    (
        "offer: {arv: {least_comparables: 11}}",
        "/offer/arv/least_comparables",
        "out_of_order",
        "offer: {arv: {least_comparables: 10}}",
    ),
    (
        "outreach: {caps: {per_day: 11}}",
        "/outreach/caps/per_day",
        "out_of_order",
        "outreach: {caps: {per_day: 10}}",
    ),
    (
        "outreach: {business_hours: {begin: '18:00'}}",
        "/outreach/business_hours/begin",
        "out_of_order",
        "outreach: {business_hours: {begin: '17:59'}}",
    ),
    (
        "policy: {profiles: [{key: p}, {key: q}, {key: p}]}",
        "/policy/profiles/2/key",
        "twice",
        "policy: {profiles: [{key: p}, {key: q}]}",
    ),
    (
        profile("match: {qualifiers: [{question: a, answers: [x]}, {question: a, answers: [y]}]}"),
        "/policy/profiles/0/match/qualifiers/1/question",
        "twice",
        profile("match: {qualifiers: [{question: a, answers: [x]}, {question: b, answers: [y]}]}"),
    ),
    (
        "agent: {tools: [{name: find, description: F.}, {name: find, description: F.}]}",
        "/agent/tools/1/name",
        "twice",
        f"agent: {{{TOOLS}}}",
    ),
    (
        "personalization: {cohorts: [{key: a}, {key: a}]}",
        "/personalization/cohorts/1/key",
        "twice",
        "personalization: {cohorts: [{key: a}, {key: b}]}",
    ),
    (
        profile("tool_policy: {allowed: [find, hold_lsting]}"),
        "/policy/profiles/0/tool_policy/allowed/1",
        "no_such_tool",
        profile("tool_policy: {allowed: [find, hold_listing]}"),
    ),
    (
        profile("tool_policy: {confirm: [refund]}"),
        "/policy/profiles/0/tool_policy/confirm/0",
        "no_such_tool",
        profile("tool_policy: {allowed: [find, hold_listing], confirm: [find], idempotent: [hold_listing]}"),
    ),
    (
        f"agent: {{{TOOLS}, escalation: {{rules: [{{trigger: tool_failed, tool: refund}}]}}}}",
        "/agent/escalation/rules/0/tool",
        "no_such_tool",
        f"agent: {{{TOOLS}, escalation: {{rules: [{{trigger: tool_failed, tool: find}}, {{trigger: tool_used}}]}}}}",
    ),
    (
        "agent: {tools: [{name: find, description: F., fallback: serch}]}",
        "/agent/tools/0/fallback",
        "no_such_tool",
        "agent: {tools: [{name: find, description: F., fallback: search}, {name: search, description: S.}]}",
    ),
    (
        "agent: {tools: [{name: find, description: F., fallback: find}]}",
        "/agent/tools/0/fallback",
        "cycle",
        "agent: {tools: [{name: find, description: F.}]}",
    ),
    (
        f"agent: {{{TOOLS}, escalation: {{rules: [{{trigger: user_requested, tool: find}}]}}}}",
        "/agent/escalation/rules/0/tool",
        "tool_without_trigger",
        f"agent: {{{TOOLS}, escalation: {{rules: [{{trigger: user_requested}}]}}}}",
    ),
    (
        "agent: {escalation: {rules: [{trigger: user_requested, action: human_transfer}]}}",
        "/agent/escalation/rules/0/action",
        "not_in_chat",
        "agent: {product: chat_and_voice, escalation: {rules: [{trigger: user_requested, action: human_transfer}]}}\n"
        "voice: {enabled: true}",
    ),
    (
        question("kind: single_choice, options: [Ad]"),
        "/agent/survey/questions/0/options",
        "too_few_options",
        question("kind: single_choice, options: [Ad, Friend]"),
    ),
    (
        question("kind: nps_scale, options: [Ad, Friend]"),
        "/agent/survey/questions/0/options",
        "options_without_choice",
        question("kind: nps_scale"),
    ),
    (
        "voice: {enabled: true}",
        "/voice/enabled",
        "not_in_chat",
        "voice: {enabled: true}\nagent: {product: chat_and_voice}",
    ),
    (
        "voice: {enabled: true}\nagent: {product: voice, integrations: [{type: stripe, credentials_ref: live}]}",
        "/agent/integrations",
        "not_in_voice",
        "voice: {enabled: true}\nagent: {product: chat_and_voice, integrations: [{type: stripe, credentials_ref: live}]}",
    ),
    (
        "voice: {background_sound: {type: custom}}",
        "/voice/background_sound/custom_url",
        "no_sound",
        "voice: {background_sound: {type: custom, custom_url: 'https://example.com/sea.mp3'}}",
    ),
    (
        "voice: {transfer: {enabled: true}}",
        "/voice/transfer/number",
        "no_number",
        "voice: {transfer: {enabled: true, number: '+15555550100'}}",
    ),
    (
        "personalization: {lifecycle: [{key: s, trigger: purchase, cohort: nwe}]}",
        "/personalization/lifecycle/0/cohort",
        "no_such_cohort",
        "personalization: {cohorts: [{key: new}], lifecycle: [{key: s, trigger: purchase, cohort: new}]}",
    ),
    (
        "outreach: {quiet_hours: {begin: '21:00', end: '21:00'}}",
        "/outreach/quiet_hours/end",
        "empty_hours",
        "outreach: {quiet_hours: {begin: '12:00', end: '13:00'}}",
    ),
    (
        "outreach: {quiet_hours: {begin: '24:00'}}",
        "/outreach/quiet_hours/begin",
        "bad_value",
        "outreach: {quiet_hours: {enabled: false, begin: '21:00', end: '21:00'}}",
    ),
    (
        "outreach: {templates: [{key: hello, channel: email, body: Hi}]}",
        "/outreach/templates/0/subject",
        "no_subject",
        "outreach: {templates: [{key: hello, channel: sms, body: Hi}]}",
    ),
    (
        f"outreach: {{{MAIL}, {follow_up('{template: helo}')}}}",
        "/outreach/follow_ups/0/steps/0/template",
        "no_such_message",
        f"outreach: {{{MAIL}, {follow_up('{template: hello}')}}}",
    ),
    (
        f"outreach: {{{MAIL}, {follow_up('{template: hello}, {template: hello, after_hours: 24}')}}}",
        "/outreach/follow_ups/0/steps/1/after_hours",
        "steps_out_of_order",
        f"outreach: {{{MAIL}, {follow_up('{template: hello}, {template: hello, after_hours: 25}')}}}",
    ),
    (
        "conversion: {deposit: {kind: percent, amount: 101}}",
        "/conversion/deposit/amount",
        "more_than_all",
        "conversion: {deposit: {kind: percent, amount: 10}}",
    ),
    (
        arm("outreach: {consent_required: false}"),
        "/experiments/0/arms/1/patch/outreach/consent_required",
        "out_of_bounds",
        arm("outreach: {caps: {per_day: 2}}"),
    ),
    (
        arm("conversion: {deposit_required: true}"),
        "/experiments/0/arms/1/patch/conversion/deposit_required",
        "out_of_bounds",
        arm("conversion: {hold_minutes: 30, deposit: {}}, branding: {}"),
    ),
    (
        arm("agent: {tools: [{name: find, description: F.}]}"),
        "/experiments/0/arms/1/patch/agent/tools",
        "out_of_bounds",
        arm("agent: {system_prompt: Be brief.}"),
    ),
    (
        profile("tool_policy: {allowed: [find], confirm: [find, hold_listing]}"),
        "/policy/profiles/0/tool_policy/confirm/1",
        "not_among_allowed",
        profile("tool_policy: {allowed: [find, hold_listing], confirm: [find, hold_listing]}"),
    ),
    (
        profile("tool_policy: {idempotent: [hold_listing]}"),
        "/policy/profiles/0/tool_policy/idempotent/0",
        "not_among_allowed",
        profile("tool_policy: {idempotent: []}"),
    ),
    (
        "policy: {profiles: [{key: default}]}",
        "/policy/profiles/0/key",
        "reserved_key",
        "policy: {profiles: [{key: defaults}]}",
    ),
    (
        arm("lead_scoring: {weights: {}}"),
        "/experiments/0/arms/1/patch/lead_scoring",
        "bad_name",
        arm("flags: {comparison: false}"),
    ),
    (
        arm("outreach: {caps: {per_day: 11}}"),
        "/experiments/0/arms/1/patch/outreach/caps/per_day",
        "out_of_order",
        arm("outreach: {caps: {per_day: 10}}"),
    ),
]


@pytest.mark.parametrize(
    ("text", "path", "code", "sound"), PAIRS, ids=[f"{row[2]}:{row[1]}" for row in PAIRS]
)
def test_refused_and_accepted(text: str, path: str, code: str, sound: str) -> None:
    refused = compiled(f"id: sale\n{text}\n")
    assert [(problem.path, problem.code) for problem in refused.errors] == [(path, code)]
    assert refused.errors[0].line > 1
    accepted = compiled(f"id: sale\n{sound}\n")
    assert accepted.errors == ()
    assert {problem.code for problem in accepted.problems} <= ADVICE


def test_a_cycle_of_fallbacks_is_reported_for_each_tool_in_it() -> None:
    found = compiled(
        "id: sale\nagent: {tools: [{name: a, description: A., fallback: b}, {name: b, description: B., fallback: a},"
        " {name: c, description: C., fallback: a}]}\n"
    )
    assert [problem.path for problem in found.errors] == [
        "/agent/tools/0/fallback",
        "/agent/tools/1/fallback",
    ]


WARNED = [
    ("agent: {survey: {enabled: true}}", "/agent/survey/enabled", "empty_survey"),
    ("agent: {models: {order: [builtin, groq]}}", "/agent/models/order/1", "never_asked"),
    ("agent: {product: voice}", "/agent/product", "voice_is_off"),
    (
        "agent: {cross_sell: {products: [{key: p, title: P, suggestion: S, signals: [BUDGET_RNGE]}]}}",
        "/agent/cross_sell/products/0/signals/0",
        "unknown_signal",
    ),
    (
        f"outreach: {{enabled: true, {MAIL}, {follow_up('{template: hello}')}}}",
        "/outreach/templates/0/channel",
        "channel_off",
    ),
    ("flags: {comparisn: false}", "/flags/comparisn", "unknown_flag"),
]


@pytest.mark.parametrize(("text", "path", "code"), WARNED, ids=[row[2] for row in WARNED])
def test_warned(text: str, path: str, code: str) -> None:
    found = compiled(f"id: sale\n{text}\n")
    assert found.compiled is not None
    others = [problem for problem in found.problems if problem.code != "unread_section"]
    assert [(p.path, p.code, p.severity) for p in others] == [(path, code, Severity.WARNING)]


@pytest.mark.parametrize(
    "text",
    [
        f"outreach: {{enabled: true, channels: {{email: {{enabled: true}}}}, {MAIL}, {follow_up('{template: hello}')}}}",
        f"outreach: {{enabled: true, {MAIL}}}",
        "agent: {models: {order: [groq]}}",
        "flags: {spring: true, comparison: false}",
    ],
)
def test_not_warned(text: str) -> None:
    assert {problem.code for problem in compiled(f"id: sale\n{text}\n").problems} <= {"unread_section"}


def test_places() -> None:
    document = {"a": [{"b": [1, 2]}, {"b": []}, {"b": [3]}]}
    assert list(places(document, ("a", "*", "b", "*"))) == [
        (("a", 0, "b", 0), 1),
        (("a", 0, "b", 1), 2),
        (("a", 2, "b", 0), 3),
    ]
    assert list(places(document, ())) == [((), document)]
