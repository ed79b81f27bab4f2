"""One function per route: arranges components and binds events."""
