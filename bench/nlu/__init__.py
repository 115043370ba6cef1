"""How well messages are understood, on questions that nothing was trained on."""
