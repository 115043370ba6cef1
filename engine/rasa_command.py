"""Rasa's own command line in the engine's environment: `make rasa ARGS="data validate"`."""

import sys

from rasa.__main__ import main

if __name__ == "__main__":
    # `python -m engine.rasa_command` has imported the package engine, which prepares the ground.
    sys.argv[0] = "rasa"
    main()
