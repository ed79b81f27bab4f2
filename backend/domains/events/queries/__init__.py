"""SQL of events and nothing else: `versions` publishes and reads, `drafts` and `branches` keep work, `releases` goes back."""
