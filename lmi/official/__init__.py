"""Readers of the official files that the snapshot's tables are made from."""
