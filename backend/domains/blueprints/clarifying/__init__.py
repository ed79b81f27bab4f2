"""Sentences of a seller as typed changes of a mapping."""
