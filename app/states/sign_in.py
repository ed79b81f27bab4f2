"""Which step of the sign-in is shown. The sign-in itself is a plain form of the HTTP API."""

from __future__ import annotations

import reflex as rx

from app.messages import words_for


class SignIn(rx.State):
    """Reads the address, which the forms' answers lead back to."""

    step: str = ""
    email: str = ""
    next_path: str = ""
    problem: str = ""

    @rx.event
    def load(self) -> None:
        query = self.router.url.query_parameters
        self.step = "code" if query.get("step") == "code" else ""
        self.email = query.get("email", "")[:320]
        self.next_path = query.get("next", "")[:500]
        self.problem = words_for(query["error"]) if query.get("error") else ""

    @rx.event
    def ask_for_code(self) -> None:
        self.step, self.problem = "ask", ""

    @rx.event
    def use_password(self) -> None:
        self.step, self.problem = "", ""
