"""The audit: what was done and seen, by whom and why, in a chain that shows what was taken out."""
