"""How an event should behave, by its inventory and the nearest template."""
