"""A stock Rasa 3.6.21 on the same training data, measured as Signpost is."""
