"""How large a file of a leavers' folder may be and how many a pupil may have: the school says."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.records.settings import get_setting, set_setting

SETTING = "attachments"
MEGABYTE = 1024 * 1024
LARGEST_FILE = 20 * MEGABYTE
MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """`most_bytes` of one file, `most_files` of one pupil."""

    most_bytes: int = 5 * MEGABYTE
    most_files: int = 20

    def allowed(self) -> bool:
        """Whether a school may set them so: a folder is put together in memory."""
        return 0 < self.most_bytes <= LARGEST_FILE and 0 < self.most_files <= MOST_FILES


def limits_of(connection: Connection, school_id: int) -> Limits:
    """The school's limits; what it has not set, or set wrongly, is the default."""
    told = get_setting(connection, school_id, SETTING) or {}
    names = ("most_bytes", "most_files")
    found = {name: told[name] for name in names if type(told.get(name)) is int}
    limits = Limits(**found)
    return limits if limits.allowed() else Limits()


def set_limits(connection: Connection, school_id: int, limits: Limits, now: datetime) -> None:
    """Set the school's limits; files that are there already stay. Raises ValueError."""
    if not limits.allowed():
        raise ValueError("limits that no school may set")
    value = {"most_bytes": limits.most_bytes, "most_files": limits.most_files}
    set_setting(connection, school_id, SETTING, value, now)
