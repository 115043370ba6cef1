"""Schools in the store."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from bot.records.models import School


def school_ids(connection: Connection) -> list[int]:
    """Every school of the installation, by id."""
    return list(connection.execute(select(School.id).order_by(School.id)).scalars())


def keep_school(connection: Connection, slug: str, name: str, now: datetime) -> int:
    """Make the school if it is new, rename it if its name changed; its id."""
    row = connection.execute(select(School.id, School.name).where(School.slug == slug)).first()
    if row is None:
        values = {"slug": slug, "name": name, "created_at": now}
        return connection.execute(insert(School).values(values).returning(School.id)).scalar_one()
    if row.name != name:
        connection.execute(update(School).where(School.id == row.id).values(name=name))
    return int(row.id)
