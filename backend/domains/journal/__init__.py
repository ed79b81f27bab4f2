"""Append-only facts, and the kept answers that make a repeated request harmless."""
