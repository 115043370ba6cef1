"""Handing a chat over to a person: its states, who asked and who holds it, what stands beside."""
