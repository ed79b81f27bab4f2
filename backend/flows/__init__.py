"""Use cases that span sibling domains or call the outside world. One function is one thing a person wants."""
