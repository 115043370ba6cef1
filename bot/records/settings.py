"""What a school has set, each under its name."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.records.models import SchoolSetting


def get_setting(connection: Connection, school_id: int, name: str) -> dict[str, Any] | None:
    """What the school has set under `name`; None when it has set nothing."""
    chosen = select(SchoolSetting.value).where(
        SchoolSetting.school_id == school_id, SchoolSetting.name == name
    )
    return connection.execute(chosen).scalar_one_or_none()


def set_setting(
    connection: Connection, school_id: int, name: str, value: dict[str, Any], now: datetime
) -> None:
    """Set `name` to `value`, in place of what was set before. Nothing personal belongs in it."""
    chosen = (SchoolSetting.school_id == school_id, SchoolSetting.name == name)
    changed = update(SchoolSetting).where(*chosen).values(value=value, changed_at=now)
    if not connection.execute(changed).rowcount:
        connection.execute(
            insert(SchoolSetting).values(
                school_id=school_id, name=name, value=value, changed_at=now
            )
        )
