"""Sessions of pupils who signed in. The cookie holds a random token, the store its hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.records import sign_in
from bot.settings import Settings

IDLE_MINUTES: int = Settings.model_fields["pupil_idle_minutes"].default
NOTED_EVERY = timedelta(minutes=1)
"""Use is noted this often: looking at a page should not have to wait for a writer."""
_LONGEST_TOKEN = 128


@dataclass(frozen=True, slots=True)
class Session:
    """A pupil who is signed in; `way` is "code", "microsoft" or "google"."""

    pupil_id: str
    school_id: int
    way: str
    last_seen_at: datetime
    ends_at: datetime

    def to_be_noted(self, now: datetime) -> bool:
        """Whether its use at that moment should be noted with `note_use`."""
        return now - self.last_seen_at >= NOTED_EVERY


def start_session(
    connection: Connection, school_id: int, pupil_id: str, way: str, now: datetime, days: int
) -> str:
    """Sign the pupil in for at most so many days; the token for the cookie, kept nowhere else.

    Raises IntegrityError for a pupil who is not of the school.
    """
    token = secrets.token_urlsafe(32)
    sign_in.add_session(
        connection,
        school_id,
        pupil_id,
        token_hash=_hash(token),
        way=way,
        now=now,
        ends_at=now + timedelta(days=days),
    )
    return token


def session_of(
    connection: Connection, token: str, now: datetime, *, idle_minutes: int = IDLE_MINUTES
) -> Session | None:
    """The session that the token opens.

    None for a token that this installation did not give out, after signing out, from the
    absolute end on, and once it lay unused for `idle_minutes`. Changes nothing.
    """
    if len(token) > _LONGEST_TOKEN:
        return None
    row = sign_in.find_session(connection, _hash(token))
    if row is None or now >= row.ends_at:
        return None
    if now - row.last_seen_at >= timedelta(minutes=idle_minutes):
        return None
    return Session(row.pupil_id, row.school_id, row.way, row.last_seen_at, row.ends_at)


def note_use(connection: Connection, session: Session, token: str, now: datetime) -> None:
    """The session is in use: its idle time begins anew. The absolute end stays."""
    sign_in.see_session(connection, session.school_id, _hash(token), now)


def end_session(connection: Connection, token: str) -> bool:
    """Sign out on this device; False when the token opened nothing."""
    return sign_in.delete_session(connection, _hash(token))


def end_all_sessions(connection: Connection, school_id: int, pupil_id: str) -> int:
    """Sign the pupil out on all devices; on how many."""
    return sign_in.delete_sessions(connection, school_id, [pupil_id])


def sweep_sessions(
    connection: Connection, school_id: int, now: datetime, *, idle_minutes: int = IDLE_MINUTES
) -> int:
    """Delete sessions that open nothing any more; how many."""
    seen_by = now - timedelta(minutes=idle_minutes)
    return sign_in.delete_ended_sessions(connection, school_id, ended_by=now, seen_by=seen_by)


def _hash(token: str) -> str:
    # 256 random bits need no key and no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
