"""Bytes of an export to headings and rows: encoding and delimiter are found, not asked for."""

import csv
import io
from dataclasses import dataclass

from bot.identity.roster.columns import KNOWN, Refused, plain

MOST_BYTES = 20_000_000
_DELIMITERS = ",;\t|"
_LINES_ABOVE = 10
"""Some reports put a title above the headings; so far down they are looked for."""
_FEWEST_KNOWN = 2

_NO_CSV = (
    (b"\xd0\xcf\x11\xe0", "workbook"),
    (b"%PDF", "pdf"),
    (b"<?xml", "xml"),
    (b"<!doctype", "page"),
    (b"<html", "page"),
)


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """A file as read: each row with the number of the line on which it begins."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str
    delimiter: str


def read_table(content: bytes) -> Table:
    """Read an export. Raises Refused, with the reason, for what is no roster in CSV."""
    if not content.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise Refused("empty")
    if len(content) > MOST_BYTES:
        raise Refused("too_big", most=MOST_BYTES // 1_000_000)
    _refuse_other_files(content)
    text, encoding = _decoded(content)
    if text.count("\0") > len(text) // 100:
        raise Refused("no_text")
    delimiter = max(_DELIMITERS, key=lambda one: _best_heading(_first_rows(text, one))[0])
    known, above = _best_heading(_first_rows(text, delimiter))
    if known < _FEWEST_KNOWN:
        raise Refused("no_headings")
    rows = _rows(text, delimiter)
    headings = tuple(" ".join(cell.split()) for cell in rows[above][1])
    while headings and not headings[-1]:
        headings = headings[:-1]
    beneath = tuple(row for row in rows[above + 1 :] if any(cell.strip() for cell in row[1]))
    if not beneath:
        raise Refused("no_pupils")
    return Table(headings, beneath, encoding, delimiter)


def _refuse_other_files(content: bytes) -> None:
    begins = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:9].lower()
    for mark, reason in _NO_CSV:
        if begins.startswith(mark.lower()):
            raise Refused(reason)
    if content.startswith(b"PK\x03\x04"):
        # A workbook is a ZIP file whose list of contents names its sheets.
        raise Refused("workbook" if b"xl/" in content or b"content.xml" in content else "zip")


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and the encoding's name; what Excel calls Unicode text is UTF-16 with a mark."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Refused("encoding")


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    lines = text.lstrip("\ufeff").splitlines()[:_LINES_ABOVE]
    return [next(csv.reader([line], delimiter=delimiter), []) for line in lines]


def _best_heading(rows: list[list[str]]) -> tuple[int, int]:
    """How many known headings the row with most of them has, and which row that is."""
    counts = [len({plain(cell) for cell in row} & KNOWN.keys()) for row in rows]
    most = max(counts, default=0)
    return most, counts.index(most) if counts else 0


def _rows(text: str, delimiter: str) -> list[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    line = 1
    try:
        for row in reader:
            rows.append((line, tuple(row)))
            line = reader.line_num + 1
    except csv.Error:
        raise Refused("quotes", line=line) from None
    return rows
