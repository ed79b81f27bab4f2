"""Build-time plugins of Reflex: self-hosted typefaces, the text editor, and one build that serves on any port."""

from __future__ import annotations

import os
from typing import Any

from reflex_base.plugins import Plugin

SANS = "@fontsource-variable/inter"
SERIF = "@fontsource-variable/newsreader"

EDITOR = (
    "@codemirror/autocomplete@6.20.4",
    "@codemirror/commands@6.11.1",
    "@codemirror/lang-yaml@6.1.3",
    "@codemirror/language@6.13.1",
    "@codemirror/lint@6.9.8",
    "@codemirror/search@6.7.2",
    "@codemirror/state@6.7.6",
    "@codemirror/view@6.43.15",
    "@lezer/highlight@1.2.5",
)

# The address of the event socket is baked into the bundle. In production everything is served from one origin, so
# the bundle asks the browser where it came from instead: the same build then serves every port and host.
_BAKED = "const endpoint = new URL(url_str);"
_SAME_ORIGIN = """const endpoint = new URL(url_str);
  if (typeof window !== "undefined") {
    endpoint.hostname = window.location.hostname;
    endpoint.port = window.location.port;
    const secure = window.location.protocol === "https:";
    endpoint.protocol = endpoint.protocol.startsWith("ws") ? (secure ? "wss:" : "ws:") : (secure ? "https:" : "http:");
    return endpoint;
  }"""


class Typefaces(Plugin):
    """Bundles the two variable typefaces, so that no page calls a font service."""

    def get_frontend_dependencies(self, **context: Any) -> tuple[str, ...]:
        return (f"{SANS}@5.3.0", f"{SERIF}@5.3.0")

    def get_stylesheet_paths(self, **context: Any) -> tuple[str, ...]:
        return (f"{SANS}/index.css", f"{SERIF}/opsz.css", f"{SERIF}/opsz-italic.css")


class CodeMirror(Plugin):
    """Bundles the text editor of the cockpit, as a chunk that only the Document tab fetches."""

    def get_frontend_dependencies(self, **context: Any) -> tuple[str, ...]:
        return EDITOR


class AccessibilityRules(Plugin):
    """Installs axe-core beside the frontend, for the browser tests. It never reaches a bundle."""

    def get_frontend_development_dependencies(self, **context: Any) -> tuple[str, ...]:
        return ("axe-core@4.14.1",)


class SameOrigin(Plugin):
    """Lets a production bundle talk to the origin it was served from."""

    def pre_compile(self, **context: Any) -> None:
        if os.environ.get("REFLEX_ENV_MODE") == "prod":
            context["add_modify_task"]("utils/state.js", _same_origin)


def _same_origin(script: str) -> str:
    if _SAME_ORIGIN in script:
        return script
    if _BAKED not in script:
        raise RuntimeError("Reflex changed getBackendURL: adapt app/plugins.py")
    return script.replace(_BAKED, _SAME_ORIGIN, 1)
