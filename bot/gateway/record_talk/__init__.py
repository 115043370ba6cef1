"""The guidance record in the chat: what pupils say for it, and what they are told of it."""
