"""What the tests of the app environment leave out."""

collect_ignore = ["engine"]
"""The engine's tests need its environment: `make test-engine` runs them there."""
