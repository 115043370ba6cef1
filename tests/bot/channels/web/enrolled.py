"""Pupils of a running installation, with codes, put into its store from outside."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from bot.identity.codes import issue_codes
from bot.identity.oidc import SETTING, sealed_secret
from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.records.models import Base
from bot.records.pupils import PupilDetails, add_pupil
from bot.records.schools import keep_school
from bot.records.settings import set_setting
from bot.records.store import open_engine, writing
from tests.oidc_server import CLIENT, DOMAIN, SECRET, TENANT


@dataclass
class Enrolled:
    """The store of the installation in a folder."""

    folder: Path

    def __post_init__(self) -> None:
        self.engine = writing(open_engine(f"sqlite:///{self.folder / 'signpost.sqlite3'}"))
        self.sealing = sealing_of(load_or_make(self.folder / "secrets"))
        with self.engine.begin() as connection:
            self.school_id = keep_school(connection, "default", "Test School", now())

    def add(self, name: str = "Ada", school_id: int | None = None) -> str:
        """Add a pupil; the id."""
        details = PupilDetails(name, "Quillfeather", email=f"{name}@school.example")
        with self.engine.begin() as connection:
            school = school_id or self.school_id
            return add_pupil(connection, self.sealing, school, details, 2023, "10A", now())

    def other_school(self) -> int:
        with self.engine.begin() as connection:
            return keep_school(connection, "other", "Other", now())

    def code(self, pupil_id: str, school_id: int | None = None) -> str:
        with self.engine.begin() as connection:
            school = school_id or self.school_id
            return issue_codes(connection, self.sealing, school, [pupil_id], now())[pupil_id]

    def offer_accounts(self, *ways: str) -> None:
        """The school sets up these providers as the local one has them."""
        both = {"client_id": CLIENT, "client_secret": sealed_secret(self.sealing, SECRET)}
        value = {"microsoft": {"tenant": TENANT, **both}, "google": {"domain": DOMAIN, **both}}
        chosen = {way: value[way] for way in ways}
        with self.engine.begin() as connection:
            set_setting(connection, self.school_id, SETTING, chosen, now())

    def rows(self, table: Any) -> list[Any]:
        with self.engine.begin() as connection:
            return list(connection.execute(select(Base.metadata.tables[table.__tablename__])))

    def transaction(self) -> Any:
        """A writing transaction, which keeps others waiting."""
        return self.engine.begin()

    def close(self) -> None:
        self.engine.dispose()


def now() -> datetime:
    return datetime.now(UTC)


async def sign_in(client: httpx.AsyncClient, code: str, **request: Any) -> httpx.Response:
    return await client.post("/sign-in", data={"code": code}, **request)


def cookie_of(response: httpx.Response, name: str) -> str:
    """The header that sets or deletes the cookie."""
    found = [one for one in response.headers.get_list("set-cookie") if one.startswith(f"{name}=")]
    assert len(found) == 1, found
    return found[0]
