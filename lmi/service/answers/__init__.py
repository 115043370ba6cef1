"""Reading the service's answers: one module for each family of endpoints.

Every reader takes a decoded JSON value (any at all) and gives a typed result or a NoData; none
raises, and none lets a suppressed value through.
"""
