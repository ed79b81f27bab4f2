"""The controls of `assets/components.jsx` as components, and the plain form of HTML."""

from __future__ import annotations

import reflex as rx
from reflex_base.event import no_args_event_spec, passthrough_event_spec
from reflex_components_core.el.elements.base import BaseHTML


class _Native(rx.Component):
    library = "$/public/components.jsx"


class ServerClock(_Native):
    """Tells the clocks of the page what time it is on the server."""

    tag = "ServerClock"
    now: rx.Var[str]


class Countdown(_Native):
    """Counts down to a moment, the same on every screen."""

    tag = "Countdown"
    until: rx.Var[str]
    on_end: rx.EventHandler[no_args_event_spec]


class LocalTime(_Native):
    """A moment in the viewer's own zone and locale; `form` is `time`, `day` or `full`."""

    tag = "LocalTime"
    at: rx.Var[str]
    form: rx.Var[str]

    @classmethod
    def create(cls, at: rx.Var[str] | str, form: str = "time") -> rx.Component:
        return super().create(at=at, form=form)


class Thread(_Native):
    """A log that follows its end and is read out politely."""

    tag = "Thread"
    label: rx.Var[str]


class Composer(_Native):
    """Where a buyer writes. `accepted` and `failed` count what the server answered; a message is sent with its key."""

    tag = "Composer"
    store: rx.Var[str]
    label: rx.Var[str]
    placeholder: rx.Var[str]
    send_label: rx.Var[str]
    busy: rx.Var[bool]
    accepted: rx.Var[int]
    failed: rx.Var[int]
    on_send: rx.EventHandler[passthrough_event_spec(str, str)]


class Waiting(_Native):
    """Stands where an answer will be; after two seconds it says what is being done: `said`, or else `slow`."""

    tag = "Waiting"
    said: rx.Var[str]
    slow: rx.Var[str]


class Ranked(_Native):
    """A list whose entries glide to their new places. Each needs an id."""

    tag = "Ranked"


class Layer(_Native):
    """A modal layer: `dialog` in the middle, `sheet` at the side. Back closes it; `address` is its link, `?item=7`."""

    tag = "Layer"
    open: rx.Var[bool]
    label: rx.Var[str]
    address: rx.Var[str]
    on_dismiss: rx.EventHandler[no_args_event_spec]


class Connection(_Native):
    """Says that nothing gets through: the browser is offline, or the socket is `lost`."""

    tag = "Connection"
    lost: rx.Var[bool]


class LeverSlider(rx.Component):
    """A range that says where it would go before it goes there. All figures are text, as HTML has them."""

    library = "$/public/levers.jsx"
    tag = "LeverSlider"
    path: rx.Var[str]
    label: rx.Var[str]
    low: rx.Var[str]
    high: rx.Var[str]
    step: rx.Var[str]
    value: rx.Var[str]
    unit: rx.Var[str]
    baseline: rx.Var[str]
    disabled: rx.Var[bool]
    on_move: rx.EventHandler[passthrough_event_spec(str, str)]


class PlainForm(BaseHTML):
    """A form that the browser itself sends. Reflex's own form never does: it waits for an event handler."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]


plain_form = PlainForm.create
server_clock = ServerClock.create
countdown = Countdown.create
local_time = LocalTime.create
thread = Thread.create
composer = Composer.create
waiting = Waiting.create
ranked = Ranked.create
layer = Layer.create
connection = Connection.create
lever_slider = LeverSlider.create
