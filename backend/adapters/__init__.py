"""The outside world behind the ports of `backend.core.ports`. Domains never import from here."""
