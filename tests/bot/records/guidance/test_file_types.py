"""Files are known by their content, whole or not, and get names that any computer takes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records.guidance.file_types import (
    ENDINGS,
    LONGEST_NAME,
    MEDIA_TYPES,
    clean_name,
    is_whole,
    media_type_of,
    unlike,
)
from tests.bot.records.guidance.files import EVERY, jpeg, pdf, png


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_each_type_is_known_and_whole(media_type: str):
    content = EVERY[media_type]
    assert media_type_of(content) == media_type
    assert is_whole(media_type, content)
    # Phones and scanners leave some bytes behind the end.
    assert is_whole(media_type, content + b"\r\n\0more")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PD",
        b" %PDF-1.7",
        b"GIF89a",
        b"PK\x03\x04",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>%PDF-",
        b"\xd0\xcf\x11\xe0",
        b"MZ",
    ],
)
def test_anything_else_is_none(content: bytes):
    assert media_type_of(content) is None


@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg"])
def test_a_picture_cut_anywhere_is_not_whole(media_type: str):
    content = EVERY[media_type]
    assert not any(is_whole(media_type, content[:end]) for end in range(8, len(content)))


def test_a_pdf_cut_before_its_last_line_is_not_whole():
    content = pdf()
    last = content.rindex(b"%%EOF")
    assert not any(is_whole("application/pdf", content[:end]) for end in range(8, last + 5))


def test_a_png_with_a_changed_byte_is_not_whole():
    content = bytearray(png())
    content[45] ^= 1
    assert not is_whole("image/png", bytes(content))


def test_the_end_of_the_small_picture_in_a_photo_is_not_its_own():
    content = jpeg(scan=b"\x01" * 50)
    assert content.count(b"\xff\xd9") == 2
    assert not is_whole("image/jpeg", content[:-2])


@pytest.mark.parametrize("length", [b"\x00\x00", b"\x00\x01"])
def test_a_segment_of_no_length_ends_the_search(length: bytes):
    assert not is_whole("image/jpeg", b"\xff\xd8\xff\xe0" + length + b"\xff\xd9")


# ---- names


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("GCSE Maths.PDF", "GCSE Maths.pdf"),
        ("photo.jpeg", "photo.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\Ann's paper.pdf", "Ann's paper.pdf"),
        ("..", "certificate.pdf"),
        ("", "certificate.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ('say "hi"?*.pdf', "say hi.pdf"),
        ("con.pdf", "_con.pdf"),
        ("LPT1", "_LPT1.pdf"),
        ("certificate\u202efdp.exe", "certificatefdp.pdf"),
        ("Urkunde – Zoë.png", "Urkunde – Zoë.pdf"),
        ("Zoe\u0308.pdf", "Zo\u00eb.pdf"),
        ("v1.2 final", "v1.2 final.pdf"),
        ("half\ud800.pdf", "half.pdf"),
    ],
)
def test_names_are_cleaned(name: str, cleaned: str):
    assert clean_name(name, "application/pdf", "certificate") == cleaned


@given(st.text(), st.sampled_from(MEDIA_TYPES))
def test_any_name_becomes_one_that_any_computer_takes(name: str, media_type: str):
    cleaned = clean_name(name, media_type, "reference")
    assert cleaned.endswith(ENDINGS[media_type])
    assert len(cleaned.encode()) <= LONGEST_NAME
    assert not set(cleaned) & set('<>:"/\\|?*\r\n\0')
    assert not any(unicodedata.category(sign).startswith("C") for sign in cleaned)
    stem = cleaned.removesuffix(ENDINGS[media_type])
    assert stem == stem.strip(". ") != ""
    assert clean_name(cleaned, media_type, "reference") == cleaned


def test_a_long_name_is_cut_between_signs():
    cleaned = clean_name("é" * 200, "image/png", "other")
    assert cleaned == "é" * 58 + ".png"


def test_names_that_a_disk_holds_for_the_same_get_numbers():
    taken: set[str] = set()
    names = ("Scan.pdf", "scan.PDF", "scan.pdf", "scan (2).pdf", "Zoë.png", "zoe\u0308.png")
    assert [unlike(name, taken) for name in names] == [
        *("Scan.pdf", "scan (2).PDF", "scan (3).pdf", "scan (2) (2).pdf"),
        *("Zoë.png", "zoe\u0308 (2).png"),
    ]
