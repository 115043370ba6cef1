"""How fast replies come, through the whole chain, and what the service costs to keep running."""
