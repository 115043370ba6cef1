"""The longer commands of `./signpost`, one module each."""
