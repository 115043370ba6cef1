"""Certificates and references: taken if they are what they should be, sealed, given back whole."""

import hashlib
import re
import traceback
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, select, update

from bot.records.guidance.attachment_limits import MEGABYTE, Limits, limits_of, set_limits
from bot.records.guidance.attachments import (
    ATTACHED,
    AttachmentRefused,
    AttachmentRow,
    NoAttachment,
    add_attachment,
    attachment_of,
    attachments_of,
    content_of,
    remove_attachment,
)
from bot.records.guidance.bodies import BodyWrong
from bot.records.guidance.erasure import erase_pupil
from bot.records.guidance.lines import NoPupil
from bot.records.models import Attachment, AttachmentContent
from bot.records.resealing import reseal_some
from bot.records.sealing import SealBroken, Sealing
from bot.records.settings import set_setting
from tests.bot.records.guidance.conftest import NOW, SEALING, Held
from tests.bot.records.guidance.files import EVERY, SECRET, jpeg, pdf, png
from tests.bot.records.guidance.test_erasure import checkpoint, found_in

TOLD: dict[str, Any] = {
    "kind": "certificate",
    "title": "Quillfeather's first aid",
    "file_name": "Quillfeather scan.pdf",
    "given_by": "Saint Zebedee's brigade",
    "dated": date(2026, 7, 1),
    "added_by": "Quorra Plinth",
    "now": NOW,
}


def add(held: Held, content: bytes | None = None, twin: bool = False, **more: Any) -> AttachmentRow:
    told = {**TOLD, "content": pdf() if content is None else content, **more}
    return (held.of_twin if twin else held)(add_attachment, **told)


def rows(held: Held, table: Any) -> list[Any]:
    with held.engine.begin() as connection:
        return list(connection.execute(select(table.__table__)))


# ---- in and out again


@pytest.mark.parametrize("media_type", EVERY)
def test_comes_back_byte_for_byte(held: Held, media_type: str):
    content = EVERY[media_type] + b"\0\n\r\n\xff"
    row = add(held, content, file_name="x")
    assert row.details.media_type == media_type
    assert row.size == len(content)
    assert row.details.sha256 == hashlib.sha256(content).hexdigest()
    assert held(content_of, row.id) == content
    assert held(attachment_of, row.id) == row
    assert held(attachments_of) == [row]


def test_what_is_told_of_it(held: Held):
    row = add(held, title="  First\n aid\x1b[2J ", given_by=" ", file_name="..\\Ann.exe")
    told = row.details
    assert (told.title, told.given_by, told.file_name) == ("First aid[2J", None, "Ann.pdf")
    assert (told.dated, told.added_by) == (date(2026, 7, 1), "Quorra Plinth")
    assert (row.provenance, row.staff_id) == ("staff", None)
    assert "First aid" not in repr(row)


def test_newest_first_and_without_the_contents(held: Held):
    first = add(held, pdf(b"1"))
    second = add(held, pdf(b"2"), now=NOW + timedelta(days=1))
    with held.engine.begin() as connection:
        connection.execute(delete(AttachmentContent))
    assert held(attachments_of) == [second, first]


def test_a_content_that_is_anothers_is_not_given_out(held: Held):
    row = add(held)
    stranger = SEALING.seal_bytes(b"%PDF- of somebody else %%EOF")
    with held.engine.begin() as connection:
        connection.execute(update(AttachmentContent).values(content=stranger))
    with pytest.raises(SealBroken):
        held(content_of, row.id)


# ---- what is not taken


def refused(held: Held, content: bytes, **more: Any) -> str:
    before = rows(held, Attachment), rows(held, AttachmentContent)
    with pytest.raises(AttachmentRefused) as refusal:
        add(held, content, **more)
    assert (rows(held, Attachment), rows(held, AttachmentContent)) == before
    told = "".join(traceback.format_exception(refusal.value))
    assert not any(secret in told for secret in ("Quillfeather", SECRET.decode()))
    sentence = refusal.value.says(Limits())
    assert sentence.endswith(".")
    assert "{" not in sentence
    return refusal.value.reason


def test_nothing_of_nothing(held: Held):
    assert refused(held, b"") == "empty"


@pytest.mark.parametrize("name", ["certificate.pdf", "certificate.png"])
@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"PK\x03\x04" + pdf(), b"GIF89a", b"\n" + png()]
)
def test_another_type_under_a_good_name(held: Held, content: bytes, name: str):
    assert refused(held, content, file_name=name) == "type"


@pytest.mark.parametrize("content", EVERY.values())
def test_one_whose_end_is_missing(held: Held, content: bytes):
    assert refused(held, content[: len(content) // 2]) == "truncated"


def test_at_most_as_large_as_the_school_says(held: Held):
    whole = pdf()
    largest = whole + b"\n" * (5 * MEGABYTE - len(whole))
    # The last line of a PDF may have some bytes behind it, not millions.
    assert refused(held, largest) == "truncated"
    largest = png() + b"\0" * (5 * MEGABYTE - len(png()))
    assert refused(held, largest + b"\0") == "large"
    row = add(held, largest)
    assert held(content_of, row.id) == largest
    with held.engine.begin() as connection:
        set_limits(connection, held.school, Limits(len(pdf()) - 1, 20), NOW)
    assert refused(held, pdf()) == "large"
    add(held, pdf(), twin=True)  # the other school's limits are its own


def test_as_many_as_the_school_says(held: Held):
    for number in range(20):
        add(held, pdf(b"%d" % number))
    assert refused(held, pdf(b"one more")) == "many"
    add(held, pdf(), twin=True)
    with held.engine.begin() as connection:
        set_limits(connection, held.school, Limits(most_files=21), NOW)
    add(held, pdf(b"one more"))
    held.unsealed(remove_attachment, held(attachments_of)[0].id)
    add(held, pdf(b"another"))


def test_the_same_file_twice(held: Held):
    add(held, jpeg())
    assert refused(held, jpeg(), title="Another title", kind="other") == "same"
    add(held, jpeg(), twin=True)
    add(held, jpeg() + b"\0")


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"title": " \n"}, ("title",)),
        ({"title": "x" * 201}, ("title",)),
        ({"title": "\ud800"}, ("title",)),
        ({"given_by": "x" * 201, "added_by": "x" * 201}, ("added_by", "given_by")),
        ({"dated": date(2026, 11, 23)}, ("dated",)),
    ],
)
def test_what_is_told_must_be_possible(held: Held, more: dict[str, Any], wrong: tuple[str, ...]):
    with pytest.raises(BodyWrong) as refusal:
        add(held, **more)
    assert refusal.value.fields == wrong
    assert refusal.value.__context__ is None
    assert held(attachments_of) == []


def test_kinds_and_provenances_are_those_of_the_table(held: Held):
    for number, kind in enumerate(ATTACHED):
        add(held, pdf(b"%d" % number), kind=kind)
    for more in ({"kind": "diploma"}, {"provenance": "rumour"}):
        with pytest.raises(ValueError, match="not a kind of file"):
            add(held, **more)


def test_for_nobody(held: Held):
    with held.engine.begin() as connection, pytest.raises(NoPupil):
        add_attachment(connection, SEALING, held.school, held.twin, content=pdf(), **TOLD)


# ---- limits


@pytest.mark.parametrize(
    "limits", [Limits(0, 20), Limits(5, 0), Limits(21 * MEGABYTE), Limits(5, 51)]
)
def test_limits_that_no_school_may_set(held: Held, limits: Limits):
    with held.engine.begin() as connection, pytest.raises(ValueError, match="limits"):
        set_limits(connection, held.school, limits, NOW)


@pytest.mark.parametrize(
    "value", [{"most_bytes": -1}, {"most_files": True}, {"most_files": 9999}, {"most_bytes": "5"}]
)
def test_limits_that_make_no_sense_are_the_defaults(held: Held, value: dict[str, Any]):
    with held.engine.begin() as connection:
        assert limits_of(connection, held.school) == Limits(5 * MEGABYTE, 20)
        set_setting(connection, held.school, "attachments", value, NOW)
        assert limits_of(connection, held.school) == Limits()


# ---- gone


def test_removed_with_its_content_and_nothing_else(held: Held):
    row, other = add(held, pdf(b"1")), add(held, pdf(b"2"))
    add(held, twin=True)
    assert held.unsealed(remove_attachment, row.id)
    assert not held.unsealed(remove_attachment, row.id)
    assert held(attachments_of) == [other]
    assert len(rows(held, AttachmentContent)) == 2
    for work in (attachment_of, content_of):
        with pytest.raises(NoAttachment):
            held(work, row.id)


@pytest.mark.parametrize("content", EVERY.values())
def test_nothing_of_it_is_in_the_store_in_clear(held: Held, content: bytes):
    add(held, content)
    checkpoint(held.path)
    told = ("Quillfeather", "Saint Zebedee", "Quorra", "first aid", SECRET.decode(), "%PDF", "IHDR")
    sha256 = hashlib.sha256(content).hexdigest()
    for planted in (*told, "Exif", sha256):
        assert found_in(held.path.parent, planted) == []
    for head in (content[:64], content[-32:]):
        assert not any(head in path.read_bytes() for path in held.path.parent.iterdir())


@pytest.mark.parametrize("way", ["removed", "erased"])
def test_nothing_of_it_is_left_in_the_file(held: Held, way: str):
    row = add(held, png() + b"\0" * 200_000)
    (content,) = (one.content for one in rows(held, AttachmentContent))
    checkpoint(held.path)
    parts = [content[at : at + 64] for at in range(0, len(content), 50_000)]

    def left() -> list[int]:
        files = [path.read_bytes() for path in held.path.parent.iterdir()]
        return [at for at, part in enumerate(parts) if any(part in whole for whole in files)]

    assert left()  # the test can find them
    if way == "removed":
        held.unsealed(remove_attachment, row.id)
    else:
        with held.engine.begin() as connection:
            erased = erase_pupil(connection, held.school, held.pupil, NOW)
        assert erased is not None
        assert erased.certificate.counts["attachments"] == 1
        assert erased.certificate.counts["attachment_contents"] == 1
    checkpoint(held.path)
    assert left() == []
    assert rows(held, AttachmentContent) == rows(held, Attachment) == []
    assert found_in(held.path.parent, row.id) == []


def test_sealed_again_with_a_new_key(held: Held):
    new, old = (Fernet.generate_key().decode() for _ in range(2))
    with held.engine.begin() as connection:
        before = Sealing([old], "k" * 43)
        row = add_attachment(connection, before, held.school, held.pupil, content=pdf(), **TOLD)
    both = Sealing([new, old], "k" * 43)
    for table, column in (("attachments", "details"), ("attachment_contents", "content")):
        with held.engine.begin() as connection:
            assert reseal_some(connection, both, table, column, None, 9).sealed_again == 1
    newest = Sealing([new], "k" * 43)
    with held.engine.begin() as connection:
        whose = (connection, newest, held.school, held.pupil)
        assert content_of(*whose, row.id) == pdf()
        assert attachments_of(*whose) == [row]
        with pytest.raises(SealBroken):
            content_of(connection, before, held.school, held.pupil, row.id)


def test_ids_say_nothing(held: Held):
    assert re.fullmatch(r"[0-9a-f]{32}", add(held).id)
