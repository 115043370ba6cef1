"""What the dialogue does: one module a topic, on `lmi` and `knowledge`.

A topic is a function of a `Turn` and the `Ground` it stands on, and returns a `Reply`; it knows
nothing of Rasa. `actions.registry` gives each its name as a Rasa action.
"""
