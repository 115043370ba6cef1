"""The measuring room: what Signpost costs and how well it understands, beside a stock Rasa.

`python -m bench` lists the programs. Each prints the conditions it measured under and leaves its
results as JSON in `var/bench/`, which is never committed.
"""
