"""The storefront of one event."""

from __future__ import annotations

import reflex as rx

from app.components.basics import button_link, plain_page, skeleton, skip_link, theme_toggle
from app.components.compare import compare_bar, compare_sheet
from app.components.confirming import ask_dialog, card
from app.components.conversation import (
    chip_groups,
    conversation,
    conversation_skeleton,
    event_header,
    thread_notice,
    ways_out,
    write,
)
from app.components.detail import detail
from app.components.holding import hold_dialog
from app.components.native import ranked, server_clock
from app.components.survey import offer_card, survey_card
from app.components.tiles import aside_bar, no_tiles, tile, tile_skeletons
from app.components.wishes import chip_dialog, memory_control, memory_dialog, share_control, share_dialog
from app.states.comparing import Comparing
from app.states.confirming import Confirming
from app.states.holding import Holding
from app.states.remembering import Remembering
from app.states.resembling import Resembling
from app.states.sharing import Sharing
from app.states.storefront import Storefront as S
from app.states.talking import Talking
from app.states.wishing import Wishing


def storefront() -> rx.Component:
    screen = rx.el.div(
        skip_link("shelf", "Skip to the results"),
        server_clock(now=S.now),
        rx.cond(S.ready, rx.fragment(_frame(), _layers()), _waiting()),
        class_name="brand storefront",
        style=S.head.style,
    )
    return rx.cond(S.over != "", _over(), screen)


def _over() -> rx.Component:
    again = rx.el.a("Try again", href="", class_name="button button--primary")  # the page itself, anew
    elsewhere = button_link("See the open events", href="/", kind="primary")
    return plain_page(S.over, rx.cond(S.may_retry, again, elsewhere))


def _frame() -> rx.Component:
    foot = rx.el.div(
        rx.el.span(S.head.guide, " is an AI. Facts carry their source.", class_name="composer__about"),
        rx.cond(S.remembers, memory_control(agreed=Remembering.agreed, on_open=Remembering.open)),
        rx.cond(S.head.sharing | Sharing.shared, share_control(shared=Sharing.shared, on_open=Sharing.open)),
        class_name="composer__foot",
    )
    return rx.fragment(
        event_header(S.head, Confirming.request("hand_off", 0), theme_toggle()),
        rx.el.main(
            conversation(
                head=S.head,
                turns=S.turns,
                quick=S.quick,
                hints=S.hints,
                busy=Talking.busy,
                on_pick=lambda words: Talking.send(words, ""),
                problem=thread_notice(Talking.problem, Talking.again),
                saying=Talking.saying,
                doing=Talking.doing,
                cards=[rx.foreach(Confirming.cards, _card), rx.foreach(Talking.offered, _offer), _survey()],
            ),
            write(
                head=S.head,
                busy=Talking.busy,
                accepted=Talking.accepted,
                failed=Talking.failed,
                on_send=Talking.send,
                foot=foot,
                person=S.person,
            ),
            _shelf(),
            id="main",
            class_name="stage",
        ),
    )


def _card(item: rx.Var) -> rx.Component:
    return card(
        item,
        on_confirm=Confirming.confirm(item.key),
        on_decline=Confirming.decline(item.key),
        on_again=Confirming.again(item.key),
        busy=Confirming.busy,
    )


def _offer(item: rx.Var) -> rx.Component:
    return offer_card(item, on_ask=Confirming.request("info", 0), on_pass=Talking.pass_over)


def _survey() -> rx.Component:
    return survey_card(
        questions=Talking.survey,
        skippable=Talking.skippable,
        done=Talking.surveyed,
        problem=Talking.survey_problem,
        on_submit=Talking.send_survey,
        on_skip=Talking.skip_survey,
    )


def _shelf() -> rx.Component:
    head = rx.el.div(
        rx.el.div(
            rx.el.h2(S.title, class_name="shelf__title num"),
            rx.el.p(S.change, class_name="shelf__change", role="status"),
            class_name="shelf__line",
        ),
        chip_groups(S.must, S.nice, on_edit=Wishing.edit, on_remove=Wishing.remove),
        class_name="shelf__head",
    )
    shown = ranked(
        rx.foreach(
            S.tiles,
            lambda item: tile(
                item,
                on_open=S.open_item(item.id),
                on_hold=Holding.ask(item.id),
                on_compare=Comparing.toggle(item.id),
                compared=Comparing.chosen.contains(item.id),
                may_compare=S.head.comparison,
                on_end=S.refresh_states,
            ),
        ),
        class_name=rx.cond(Talking.busy, "tiles tiles--pending", "tiles"),
    )
    return rx.el.section(
        head,
        aside_bar(S.aside, Resembling.back),
        ways_out(S.ways, rx.cond(S.found, "With a little more room", "Closest ways out"), Wishing.loosen),
        rx.cond(S.tiles.length() > 0, shown, no_tiles(S.head.nouns)),
        rx.cond(
            S.head.comparison,
            compare_bar(count=Comparing.chosen.length(), on_open=Comparing.open, on_clear=Comparing.clear),
        ),
        id="shelf",
        class_name="shelf",
        tab_index=-1,
        custom_attrs={"aria-label": "Results"},
    )


def _layers() -> rx.Component:
    return rx.fragment(
        detail(
            S.listing,
            is_open=S.detail_open,
            on_dismiss=S.close_item,
            on_hold=Holding.ask(S.listing.id),
            on_release=Holding.release(S.listing.id),
            on_end=S.refresh_states,
            actions=S.head.actions,
            on_action=lambda verb: Confirming.request(verb, S.listing.id),
            on_alike=lambda cheaper: Resembling.more(S.listing.id, cheaper),
            compared=Comparing.chosen.contains(S.listing.id),
            may_compare=S.head.comparison,
            on_compare=Comparing.toggle(S.listing.id),
        ),
        ask_dialog(
            item=Confirming.asked,
            needs_words=Confirming.needs_words,
            busy=Confirming.busy,
            on_submit=Confirming.submit,
            on_dismiss=Confirming.dismiss,
        ),
        compare_sheet(
            is_open=Comparing.is_open,
            heads=Comparing.heads,
            differing=Comparing.differing,
            equal=Comparing.equal,
            summary=Comparing.summary,
            on_dismiss=Comparing.close,
            on_pick=Comparing.pick,
            on_remove=Comparing.drop,
        ),
        hold_dialog(
            item=Holding.item,
            head=S.head,
            step=Holding.step,
            would_end=Holding.would_end,
            problem=Holding.problem,
            nearest=Holding.nearest,
            busy=Holding.busy,
            on_confirm=Holding.confirm,
            on_dismiss=Holding.close,
            on_pick=Holding.pick,
            on_end=S.refresh_states,
        ),
        chip_dialog(
            item=Wishing.chip,
            problem=Wishing.problem,
            on_save=Wishing.save,
            on_remove=Wishing.remove(Wishing.chip.id),
            on_dismiss=Wishing.close,
        ),
        memory_dialog(
            is_open=Remembering.is_open,
            agreed=Remembering.agreed,
            problem=Remembering.problem,
            on_agree=Remembering.agree,
            on_forget=Remembering.forget,
            on_dismiss=Remembering.close,
        ),
        share_dialog(
            is_open=Sharing.is_open,
            shared=Sharing.shared,
            reached=Sharing.reached,
            problem=Sharing.problem,
            on_share=Sharing.share,
            on_withdraw=Sharing.withdraw,
            on_dismiss=Sharing.close,
        ),
    )


def _waiting() -> rx.Component:
    """The shape of what comes, within the first frame."""
    return rx.fragment(
        rx.el.header(skeleton("280px", "28px"), class_name="event-head"),
        rx.el.main(
            conversation_skeleton(),
            rx.el.div(skeleton("100%", "56px", **{"border-radius": "14px"}), class_name="composer"),
            rx.el.section(
                rx.el.div(skeleton("180px", "24px"), class_name="shelf__head"),
                tile_skeletons(),
                class_name="shelf",
            ),
            class_name="stage",
            custom_attrs={"aria-busy": "true"},
        ),
    )
