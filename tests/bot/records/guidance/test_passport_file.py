"""A passport's file: whole and unchanged it opens, anything else is refused with a reason."""

import base64
import hashlib
import io
import json
import struct
import traceback
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.identity.secrets import load_or_make
from bot.records.guidance.passport_file import (
    MOST_BYTES,
    PassportRefused,
    fingerprint_typed,
    key_file,
    key_in,
    opened,
    own_fingerprint,
    packed,
    signing_key,
)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
NOTE = {
    "id": "a" * 32,
    "kind": "note",
    "status": "standing",
    "body": {"text": "Ask in spring"},
    "happened_on": "2026-11-22",
    "due_on": None,
    "was": "pupil",
    "confirmed_at": None,
    "changed_at": "2026-11-22T09:00:00+00:00",
}
RECORD = {
    "pupil": {"given_name": "Zebedee", "family_name": "Quillfeather"},
    "lines": [NOTE],
    "destinations": [],
}


def with_line(**changes: Any) -> bytes:
    return packed({**RECORD, "lines": [{**NOTE, **changes}]}, "One", NOW, KEY)


WHOLE = with_line()


def members(content: bytes = WHOLE) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(found: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    return file.getvalue()


def resigned(found: dict[str, bytes], **manifest: Any) -> bytes:
    """The members with a manifest that says otherwise, signed once more."""
    told = json.dumps({**json.loads(found["manifest.json"]), **manifest}).encode()
    signature = base64.b64encode(KEY.sign(told))
    return zipped({**found, "manifest.json": told, "manifest.sig": signature})


def reason(content: bytes) -> str:
    with pytest.raises(PassportRefused) as found:
        opened(content)
    assert found.value.__context__ is None or "Zebedee" not in str(found.value.__context__)
    told = "".join(traceback.TracebackException.from_exception(found.value).format_exception_only())
    assert "spring" not in told
    return found.value.reason


def test_whole():
    found = opened(WHOLE)
    assert (found.school, found.made_on.isoformat()) == ("One", "2026-11-22")
    assert found.record.lines[0].body == {"text": "Ask in spring"}
    assert len(found.key) == 39
    assert "spring" not in repr(found)
    assert "Zebedee" not in repr(found)
    manifest = json.loads(members()["manifest.json"])
    assert manifest["first_day"] == manifest["last_day"] == "2026-11-22"


def test_the_key_of_an_installation_signs(tmp_path):
    key = signing_key(load_or_make(tmp_path).passport_key)
    again = signing_key(load_or_make(tmp_path).passport_key)
    first, second = (opened(packed(RECORD, "One", NOW, one)).key for one in (key, again))
    assert first == second != opened(WHOLE).key


@pytest.mark.parametrize("content", [b"not a zip", b"%PDF-1.7 text", b"\0" * 100, b"{}"])
def test_not_a_zip(content: bytes):
    assert reason(content) == "not-zip"


def test_nothing_and_too_much():
    assert reason(b"") == "empty"
    assert reason(b"PK\x03\x04" + b"\0" * MOST_BYTES) == "large"


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_cut_short(part: float):
    assert reason(WHOLE[: int(len(WHOLE) * part)]) == "broken"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_no_changed_byte_changes_what_is_read(at: int, by: int):
    content = bytearray(WHOLE)
    content[at] ^= by
    try:
        found = opened(bytes(content))
    except PassportRefused:
        return
    assert found == opened(WHOLE)  # a byte that says nothing, such as a time in the archive


def test_no_changed_bit_of_any_byte_changes_what_is_read():
    whole, refused = opened(WHOLE), 0
    for at in range(len(WHOLE)):
        for bit in range(8):
            content = bytearray(WHOLE)
            content[at] ^= 1 << bit
            try:
                assert opened(bytes(content)) == whole, (at, bit)
            except PassportRefused:
                refused += 1
    # What is let through says nothing: times, attributes and versions in the archive's lists.
    assert refused > len(WHOLE) * 8 * 0.8


def test_cut_short_anywhere():
    for most in range(len(WHOLE)):
        with pytest.raises(PassportRefused):
            opened(WHOLE[:most])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(content: bytes):
    for one in (content, b"PK\x03\x04" + content, b"PK\x05\x06" + content):
        with pytest.raises(PassportRefused):
            opened(one)


def test_a_changed_record_is_refused():
    found = members()
    found["record.json"] = found["record.json"].replace(b"spring", b"summer")
    assert reason(zipped(found)) == "changed"


def test_a_changed_manifest_is_refused():
    found = members()
    found["manifest.json"] = found["manifest.json"].replace(b'"One"', b'"Two"')
    assert reason(zipped(found)) == "changed"
    for signature in (b"", b"nonsense", base64.b64encode(b"x" * 64)):
        assert reason(zipped({**members(), "manifest.sig": signature})) == "changed"


@pytest.mark.parametrize("key", ["", "nonsense", base64.b64encode(b"x" * 31).decode()])
def test_a_key_that_is_none_is_refused(key: str):
    assert reason(resigned(members(), public_key=key)) == "changed"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../record.json", "x.txt"])
def test_other_names_are_refused(name: str):
    assert reason(zipped({**members(), name: b"x"})) == "foreign"
    assert reason(zipped({name: b"x"})) == "foreign"


def test_a_name_twice_is_refused():
    file = io.BytesIO(WHOLE)
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("record.json", b"{}")
    assert reason(file.getvalue()) == "foreign"


def test_another_schema_and_another_version():
    assert reason(resigned(members(), schema="other")) == "foreign"
    assert reason(resigned(members(), version=2)) == "newer"
    for version in (0, -1, True, "1", 1.0, None, [1]):
        assert reason(resigned(members(), version=version)) == "unreadable"


def test_a_key_put_in_place_of_the_schools_is_another_key():
    """Whoever signs anew with a key of their own makes a whole file, but not that school's."""
    foreign = Ed25519PrivateKey.generate()
    forged = opened(packed(RECORD, "One", NOW, foreign))
    assert forged.school == opened(WHOLE).school
    assert forged.key != opened(WHOLE).key
    # The school's own key beside a foreign signature is refused.
    told = members()["manifest.json"]
    signature = base64.b64encode(foreign.sign(told))
    assert reason(zipped({**members(), "manifest.sig": signature})) == "changed"


def test_a_key_as_a_file_and_out_of_a_passport(tmp_path):
    secret = load_or_make(tmp_path).passport_key
    key = signing_key(secret)
    handed = key_in(key_file("Hill School", key))
    assert (handed.school.name, handed.fingerprint) == ("Hill School", own_fingerprint(secret))
    signed = key_in(packed(RECORD, "One", NOW, key))
    assert (signed.school.name, signed.fingerprint) == ("One", own_fingerprint(secret))
    assert secret.encode() not in key_file("Hill School", key)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b" " * 70_000, "large"),
        (b"{}", "foreign"),
        (b"hello", "unreadable"),
        (WHOLE[:-30], "broken"),
        (key_file("One", KEY).replace(b": 1,", b": 2,"), "newer"),
        (key_file("One", KEY).replace(b"One", b""), "unreadable"),
        (key_file("One", KEY).replace(b'key": "', b'key": "AAAA'), "unreadable"),
    ],
)
def test_what_is_no_key_is_refused(content: bytes, told: str):
    with pytest.raises(PassportRefused) as found:
        key_in(content)
    assert found.value.reason == told


def test_a_fingerprint_as_it_is_typed():
    key = opened(WHOLE).key
    for typed in (key, key.upper(), key.replace(" ", ""), key.replace(" ", "-"), f" {key}\n"):
        assert fingerprint_typed(typed) == key
    for typed in ("", key[:-1], f"{key}0", "zz" * 16, "hill.key"):
        assert fingerprint_typed(typed) is None


def test_a_bomb_is_not_unpacked():
    bomb = zipped({**members(), "record.json": b"0" * (64 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert reason(bomb) == "large"
    # One that lies about its size is read no further than that.
    at = bomb.index(b"PK\x01\x02")
    while b"record.json" not in bomb[at : at + 60]:
        at = bomb.index(b"PK\x01\x02", at + 4)
    lying = bytearray(bomb)
    lying[at + 24 : at + 28] = struct.pack("<I", 100)
    assert reason(bytes(lying)) in ("broken", "large")


def test_packed_in_another_way():
    assert reason(zipped(members(), zipfile.ZIP_LZMA)) == "foreign"


def test_locked_with_a_password():
    locked = bytearray(WHOLE)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        begins = locked.index(mark)
        locked[begins + at] |= 1
    assert reason(bytes(locked)) == "broken"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "../x"},
        {"kind": "zebracrossing"},
        {"body": {"text": ""}},
        {"body": {"text": "x" * 3000}},
        {"body": {"other": "spring"}},
        {"body": "spring"},
        {"status": "open"},
        {"kind": "action"},
        {"happened_on": "0001-01-01"},
        {"happened_on": "soon"},
        {"changed_at": "9999-12-31T23:59:59-23:00"},
        {"changed_at": "2026-11-22T09:00:00"},
        {"was": "nobody"},
        {"first": {"school": "a\0b", "on": "2026-11-22"}},
        {"earlier": [{"body": {}, "status": "standing", "changed_by": "pupil",
                      "replaced_at": "2026-11-22T09:00:00+00:00"}]},
    ],
)  # fmt: skip
def test_what_no_record_holds_is_refused(changes: dict[str, Any]):
    assert reason(with_line(**changes)) == "unreadable"


def test_two_lines_of_one_id_are_refused():
    record = {**RECORD, "lines": [NOTE, NOTE]}
    assert reason(packed(record, "One", NOW, KEY)) == "unreadable"


def test_deep_json_is_refused():
    found = members()
    found["record.json"] = b"[" * 200_000
    told = json.loads(found["manifest.json"])
    told["files"]["record.json"]["sha256"] = hashlib.sha256(found["record.json"]).hexdigest()
    assert reason(resigned(found, files=told["files"])) == "unreadable"


def test_what_a_later_writer_adds_is_passed_over():
    content = packed({**RECORD, "lines": [{**NOTE, "mood": "x"}], "more": 1}, "One", NOW, KEY)
    assert opened(content).record == opened(WHOLE).record
