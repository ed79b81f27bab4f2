"""Pure functions: arguments in, component out. No state, no I/O."""
