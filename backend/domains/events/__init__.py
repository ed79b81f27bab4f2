"""Sales Event documents: read, validate, compile, publish as immutable versions, serve."""
