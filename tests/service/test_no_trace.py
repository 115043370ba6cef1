"""A pupil deletes everything: nothing of it is left in any file of the installation.

Names, chats and records are sealed, so that a search for words alone would find nothing at any
time. What is searched for as well are the sealed texts themselves, the ids, and what opens.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pypdf import PdfReader, PdfWriter

from bot.records.belongings import OF_A_CHAT, OF_A_MEETING, OF_STAFF
from bot.records.resealing import SEALED
from tests.e2e.pupils import told
from tests.real_service import RealService, Talk, until

pytestmark = pytest.mark.engine

GIVEN, FAMILY, GROUP = "Wrenfrith", "Quagsnorfle", "10Q"
WORD, AT_WORK, LEARNT, FILED = "zibblewrath", "Brindlecask", "Fennimolt", "Ostrangle"
SOMEBODY_ELSES = "plasterer"
PLANTED = (GIVEN, FAMILY, WORD, AT_WORK, LEARNT, FILED)
UPN = "B823432110001"
STORE, TRACKERS = "signpost.sqlite3", "engine/trackers.sqlite"
_CODE = re.compile(r"Your code: (\w{5}-\w{5})")
_SEALED_TEXT = re.compile(rb"gAAAAA[\w-]{50,}={0,2}")
"""A Fernet token: its version, and a time whose first bytes are nought for long."""


class OwnTalk(Talk):
    """A conversation of whoever is signed in in the browser."""

    def __init__(self, browser: httpx.Client) -> None:
        opened = browser.post("/chat/v1/conversations", json={}).json()
        self.client, self.token, self.id = browser, opened["token"], opened["conversation"]
        self.path = f"/chat/v1/conversations/{self.id}"
        browser.headers["Authorization"] = f"Bearer {self.token}"

    def told(self, text: str) -> str:
        """Say something; the reply's words."""
        reply = self.replies(self.send(text))[-1]
        return "\n".join(message["text"] for message in reply["messages"])


@dataclass
class Pupil:
    """A pupil with a chat and a record, signed in."""

    service: RealService
    browser: httpx.Client
    talk: Talk
    id: str

    def delete_everything(self) -> httpx.Response:
        return self.browser.post("/record/delete", data={"sure": "yes"})


@pytest.fixture
def pupil(signpost: RealService, tmp_path: Path) -> Iterator[Pupil]:
    """Enrolled by the office, with everything in the store that a pupil can have."""
    data = signpost.data
    signpost.talk().say(f"what does a {SOMEBODY_ELSES} earn")
    today = date.today()
    begins = today.year if today.month >= 9 else today.year - 1
    roster, slips, paper = tmp_path / "r.csv", tmp_path / "s.pdf", tmp_path / f"{FILED}.pdf"
    roster.write_text(
        "UPN,Forename,Surname,DOB,Year,Reg\n"
        f"{UPN},{GIVEN},{FAMILY},03/03/{begins - 14},10,{GROUP}\n"
    )
    assert "Written." in told(data, "roster", "import", str(roster), "--yes")
    told(data, "slips", str(slips), "--tutor-group", GROUP)
    (code,) = _CODE.findall("\n".join(page.extract_text() for page in PdfReader(slips).pages))
    certificate = PdfWriter()
    certificate.add_blank_page(100, 100)
    certificate.add_metadata({"/Title": FILED})
    certificate.write(paper)
    told(
        *(data, "folder", "add", str(paper), "--pupil", UPN, "--kind", "certificate"),
        *("--title", f"{FILED} award", "--actor", f"Pat {FILED}"),
    )
    with httpx.Client(
        base_url=signpost.origin,
        headers={"Origin": signpost.origin},
        trust_env=False,
        timeout=60,
    ) as browser:
        assert browser.post("/sign-in", data={"code": code}).headers["location"] == "/chat/sign-in"
        talk = OwnTalk(browser)
        talk.told(f"what does a {WORD} vet earn")
        talk.told("what does a plumber earn")
        assert WORD in talk.told(f"i'll email the {WORD} vets before friday")
        assert WORD in talk.told("yes")
        for kind, fields in (
            ("skill", {"name": LEARNT, "evidence": "At work"}),
            ("experience", {"type": "workplace", "where": AT_WORK, "did": "d", "learnt": LEARNT}),
            ("barrier", {"text": f"{LEARNT} is far away"}),
        ):
            kept = browser.post(f"/record/add/{kind}", data=fields)
            assert kept.status_code == 303, kept.text
        line = kept.headers["location"].partition("#")[2]
        browser.post(f"/record/lines/{line}/correct", data={"text": f"{AT_WORK} is too"})
        place = {"category": "apprenticeship", "place": AT_WORK}
        assert browser.post("/record/destination", data=place).status_code == 303
        # Whatever a download may leave behind.
        for name in ("download.json", "download.pdf", "folder.zip", "ready.pdf", "passport.zip"):
            assert browser.get(f"/record/{name}").status_code == 200, name
        with closing(sqlite3.connect(data / STORE)) as store:
            chosen = "SELECT pupil_id FROM conversation_owners WHERE conversation_id = ?"
            (pupil_id,) = store.execute(chosen, (talk.id,)).fetchone()
        yield Pupil(signpost, browser, talk, pupil_id)


OF_NO_PUPIL = {
    *("staff", "ready_phrases", "content_tasks", "mails"),
    *(table.__tablename__ for table in OF_STAFF),
}


def marks_of(pupil: Pupil) -> set[bytes]:
    """Ids and keyed hashes of the pupil's, and a piece of each sealed text, in both databases."""
    found = {pupil.id.encode(), pupil.talk.id.encode()}
    of_meeting = "meeting_id IN (SELECT id FROM meetings WHERE pupil_id = :pupil)"
    whose = {
        **{table.__tablename__: "conversation_id = :talk" for table in OF_A_CHAT},
        **{table.__tablename__: of_meeting for table in OF_A_MEETING},
        "pupils": "id = :pupil",
        "line_versions": "line_id IN (SELECT id FROM record_lines WHERE pupil_id = :pupil)",
        "attachment_contents": "attachment_id IN (SELECT id FROM attachments"
        " WHERE pupil_id = :pupil)",
    }
    ids = {"pupil": pupil.id, "talk": pupil.talk.id}
    with closing(sqlite3.connect(pupil.service.data / STORE)) as store:
        for table, column in SEALED:
            if table in OF_NO_PUPIL:
                continue
            rows = store.execute(
                f"SELECT {column} FROM {table} WHERE {whose.get(table, 'pupil_id = :pupil')}",
                ids,
            ).fetchall()
            found |= {piece(row[0]) for row in rows if row[0] is not None}
        hashes = "SELECT upn_key, person_key FROM pupils WHERE id = :pupil"
        codes = "SELECT code_key, code_key FROM sign_in_codes WHERE pupil_id = :pupil"
        for one, other in store.execute(f"{hashes} UNION {codes}", ids):
            found |= {one.encode(), other.encode()}
    with closing(sqlite3.connect(pupil.service.data / TRACKERS)) as trackers:
        chosen = "SELECT sealed FROM pieces WHERE conversation = ?"
        pieces = trackers.execute(chosen, (pupil.talk.id,)).fetchall()
    assert pieces
    return found | {piece(row[0]) for row in pieces}


def piece(sealed: str | bytes) -> bytes:
    """What stands in no other sealed text, and on one page of a database."""
    return (sealed.encode() if isinstance(sealed, str) else sealed)[30:70]


def holding(folder: Path, words: bytes) -> list[str]:
    """The files that hold the words, in clear or as they were sealed."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [str(path.relative_to(folder)) for path in files if words in path.read_bytes()]


def opened(folder: Path) -> str:
    """All texts that open with the keys, out of every file."""
    lines = (folder / "secrets" / "record-keys").read_text().splitlines()
    ring = MultiFernet([Fernet(line.split()[0]) for line in lines if line.strip()])
    found = []
    for path in folder.rglob("*"):
        for token in _SEALED_TEXT.findall(path.read_bytes()) if path.is_file() else ():
            with suppress(InvalidToken):  # one that is cut by the end of a page
                found.append(ring.decrypt(token).decode())
    return "\n".join(found)


def test_nothing_of_a_pupil_is_left_in_any_file(pupil: Pupil) -> None:
    data = pupil.service.data
    marks = marks_of(pupil)
    assert len(marks) > 25
    assert [mark for mark in marks if not holding(data, mark)] == []
    before = opened(data)
    assert [word for word in PLANTED if word.lower() not in before.lower()] == []
    for word in PLANTED:
        assert holding(data, word.encode()) == [], word  # sealed at all times

    certificate = pupil.delete_everything()
    assert certificate.status_code == 200
    for word in (*PLANTED, pupil.id, pupil.talk.id, UPN):
        assert word not in certificate.text
    until(
        lambda: not holding(data, pupil.talk.id.encode()), "the engine has forgotten", within_s=20
    )
    assert {file for mark in marks for file in holding(data, mark)} == set()
    after = opened(data)
    assert SOMEBODY_ELSES in after
    assert [word for word in (*PLANTED, UPN) if word.lower() in after.lower()] == []
    with closing(sqlite3.connect(data / TRACKERS)) as trackers:
        chosen = "SELECT count(*) FROM pieces WHERE conversation = ?"
        assert trackers.execute(chosen, (pupil.talk.id,)).fetchone() == (0,)
    assert pupil.browser.get("/record").headers["location"] == "/sign-in"
    assert pupil.service.all_healthy()


def test_nothing_of_a_deleted_chat_is_left_in_any_file(signpost: RealService) -> None:
    talk = signpost.talk()
    talk.say(f"what does a {WORD} vet earn")
    with closing(sqlite3.connect(signpost.data / STORE)) as store:
        chosen = "SELECT body FROM entries WHERE conversation_id = ?"
        marks = {piece(row[0]) for row in store.execute(chosen, (talk.id,))}
    with closing(sqlite3.connect(signpost.data / TRACKERS)) as trackers:
        chosen = "SELECT sealed FROM pieces WHERE conversation = ?"
        marks |= {piece(row[0]) for row in trackers.execute(chosen, (talk.id,))}
    assert len(marks) >= 3
    assert all(holding(signpost.data, mark) for mark in marks)
    assert WORD in opened(signpost.data)
    assert talk.delete() == 204
    assert {file for mark in marks for file in holding(signpost.data, mark)} == set()
    assert holding(signpost.data, talk.id.encode()) == []
    assert WORD not in opened(signpost.data)
