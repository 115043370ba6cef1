"""Handing a chat over: the rules of what is told when, and who may wait for how long."""
