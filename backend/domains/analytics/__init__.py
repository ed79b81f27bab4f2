"""Analytics: what happened in an event, for its staff."""
