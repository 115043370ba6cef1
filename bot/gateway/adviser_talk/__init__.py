"""Asking for a person in the chat: one short question at a time, consent, waiting, coming back."""
