"""Keeps Rasa from phoning home, from printing conversations and from known, harmless warnings."""

import logging
import os
import warnings

# Each entry is a warning that was seen, understood and found harmless with the pinned versions.
_KNOWN_WARNINGS = (
    ("pkg_resources is deprecated", DeprecationWarning),
    ("Deprecated call to `pkg_resources", DeprecationWarning),
    ("distutils Version classes are deprecated", DeprecationWarning),
    ("The distutils package is deprecated", DeprecationWarning),
    ("pkg_resources is deprecated", UserWarning),
    ("invalid escape sequence", DeprecationWarning),
)


def prepare() -> None:
    """Set what Rasa reads from the environment at import time, and filter the known warnings."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"  # also keeps its Sentry client from starting
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # one short text gains nothing from more
    # Some libraries switch their warnings on again when imported. The versions are pinned,
    # so nobody who reads the engine's log could act on them; the tests still see every one.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    for message, category in _KNOWN_WARNINGS:
        warnings.filterwarnings("ignore", message=message, category=category)


def logging_at(level: int = logging.WARNING) -> None:
    """Send Rasa's logs to standard error at `level`.

    Until its structlog is configured, Rasa prints every message of every conversation; nothing
    below WARNING may ever be switched on where real people write.
    """
    from rasa.utils.log_utils import configure_structlog

    logging.basicConfig(level=level, format="engine: %(levelname)s %(name)s: %(message)s")
    for name in ("rasa", "apscheduler", "aiohttp", "asyncio"):
        logging.getLogger(name).setLevel(level)
    configure_structlog(level)
