"""MPAX services: the event document, catalogue, conversation, holds. Knows nothing of the user interface."""
