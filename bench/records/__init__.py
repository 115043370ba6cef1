"""How the guidance record holds up in a school of its usual size."""
