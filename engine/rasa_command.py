"""Rasa's own command line in the engine's environment: `make rasa ARGS="data validate"`."""

import sys

# Importing the package prepares the ground that Rasa needs.
import engine  # noqa: F401
from rasa.__main__ import main

if __name__ == "__main__":
    sys.argv[0] = "rasa"
    main()
