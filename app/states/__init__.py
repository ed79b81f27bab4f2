"""One flat state per screen: view values and thin events."""
