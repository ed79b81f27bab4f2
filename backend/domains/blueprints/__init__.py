"""From a seller's samples to a proposed Sales Event: every proposal with its evidence and its confidence."""
