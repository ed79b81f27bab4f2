"""The storefront of one event."""

from __future__ import annotations

import reflex as rx

from app.components.basics import button_link, plain_page, skeleton, skip_link, theme_toggle
from app.components.compare import compare_bar, compare_sheet
from app.components.conversation import (
    chip_groups,
    conversation,
    conversation_skeleton,
    event_header,
    thread_notice,
    write,
)
from app.components.detail import detail
from app.components.holding import hold_dialog
from app.components.native import server_clock
from app.components.tiles import no_tiles, tile, tile_skeletons
from app.components.wishes import chip_dialog, share_control, share_dialog
from app.states.holding import Holding
from app.states.sharing import Sharing
from app.states.storefront import Storefront as S


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
        rx.cond(S.head.sharing | Sharing.shared, share_control(shared=Sharing.shared, on_open=Sharing.open)),
        class_name="composer__foot",
    )
    return rx.fragment(
        event_header(S.head, theme_toggle()),
        rx.el.main(
            conversation(
                head=S.head,
                turns=S.turns,
                quick=S.quick,
                busy=S.busy,
                on_pick=S.send,
                problem=thread_notice(S.thread_problem),
            ),
            write(head=S.head, busy=S.busy, accepted=S.accepted, failed=S.failed, on_send=S.send, foot=foot),
            _shelf(),
            id="main",
            class_name="stage",
        ),
    )


def _shelf() -> rx.Component:
    head = rx.el.div(
        rx.el.div(
            rx.el.h2(S.title, class_name="shelf__title num"),
            rx.el.p(S.change, class_name="shelf__change", role="status"),
            class_name="shelf__line",
        ),
        chip_groups(S.must, S.nice, on_edit=S.edit_chip, on_remove=S.remove_chip),
        class_name="shelf__head",
    )
    shown = rx.el.ul(
        rx.foreach(
            S.tiles,
            lambda item: tile(
                item,
                on_open=S.open_item(item.id),
                on_hold=Holding.ask(item.id),
                on_compare=S.toggle_compare(item.id),
                compared=S.compared.contains(item.id),
                may_compare=S.head.comparison,
                on_end=S.refresh_states,
            ),
        ),
        class_name=rx.cond(S.busy, "tiles tiles--pending", "tiles"),
    )
    return rx.el.section(
        head,
        rx.cond(S.tiles.length() > 0, shown, no_tiles(S.head.nouns)),
        rx.cond(
            S.head.comparison,
            compare_bar(count=S.compared.length(), on_open=S.open_compare, on_clear=S.clear_compare),
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
        ),
        compare_sheet(
            is_open=S.compare_open,
            heads=S.compare_heads,
            differing=S.compare_differing,
            equal=S.compare_equal,
            on_dismiss=S.close_compare,
            on_pick=S.open_item,
            on_remove=S.drop_compared,
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
            item=S.chip,
            problem=S.chip_problem,
            on_save=S.save_chip,
            on_remove=S.remove_chip(S.chip.id),
            on_dismiss=S.close_chip,
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
