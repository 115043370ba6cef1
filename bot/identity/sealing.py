"""The sealing of an installation, made from its keys."""

from bot.identity.secrets import Secrets, read_record_keys
from bot.records.sealing import Sealing


def sealing_of(secrets: Secrets) -> Sealing:
    """What seals and opens with these keys; it hears of a key made by another process."""
    folder = secrets.folder
    return Sealing(
        secrets.record_keys,
        secrets.lookup_key,
        None if folder is None else lambda: read_record_keys(folder),
    )
