import io
import zipfile

import pytest
from openpyxl import Workbook

from bot.identity.roster.columns import Refused
from bot.identity.roster.reading import MOST_BYTES, read_table
from tests.bot.identity.roster.exports import HEADINGS, export, person


def refused(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read_table(content)
    assert caught.value.says()
    return caught.value.reason


@pytest.mark.parametrize("system", HEADINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encoding_and_delimiter_are_found(system: str, delimiter: str, encoding: str):
    people = [person(1, family="Nuñez-Example"), person(2, given="Zoë, the 2nd")]
    table = read_table(export(people, system, delimiter=delimiter, encoding=encoding))
    assert table.headings == HEADINGS[system]
    assert table.delimiter == delimiter
    assert [line for line, _ in table.rows] == [2, 3]
    assert table.rows[0][1][0] == "Nuñez-Example"
    assert table.rows[1][1][1] == "Zoë, the 2nd"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_lines(end: str):
    content = export([person(1), person(2)]).decode().replace("\r\n", end).encode()
    assert len(read_table(content).rows) == 2


def test_a_title_above_and_empty_rows_between_are_passed_over():
    lines = export([person(1), person(2)]).decode().splitlines()
    text = "\n".join(["Roster of the Invented School", "", lines[0], lines[1], ",,,", "", lines[2]])
    table = read_table(text.encode())
    assert [line for line, _ in table.rows] == [4, 7]
    assert read_table(f"sep=,\n{lines[0]}\n{lines[1]}".encode()).rows[0][0] == 3


def test_a_cell_over_two_lines_keeps_the_count_of_lines():
    people = [person(1, form="9\nB"), person(2)]
    assert [line for line, _ in read_table(export(people)).rows] == [2, 4]


def workbook() -> bytes:
    book, content = Workbook(), io.BytesIO()
    book.active.append(HEADINGS["SIMS"])
    book.save(content)
    return content.getvalue()


def packed() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("roster.csv", export([person()]))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty"),
        (workbook(), "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "workbook"),
        (packed(), "zip"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"<!DOCTYPE html><title>Sign in</title>", "page"),
        (b"\n <html>", "page"),
        (b'<?xml version="1.0"?><CTfile/>', "xml"),
        (b"Surname,Forename\n" + bytes(range(256)) * 4, "encoding"),
        (b"Surname,Forename,UPN\n" + b"\0" * 400, "no_text"),
        (b"Testy,Exampleton,14/03/2013\n", "no_headings"),
        (b"Surname,Forename,UPN,Year\n\n,,,\n", "no_pupils"),
        (b"Surname,Forename,UPN,Year\n" + b'"Exampleton,Testy,,9\n' * 3, "quotes"),
        (b"x" * (MOST_BYTES + 1), "too_big"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_roster_is_refused_with_the_reason(content: bytes, reason: str):
    assert refused(content) == reason


def test_a_refusal_holds_nothing_of_the_file():
    with pytest.raises(Refused) as caught:
        read_table(b"Surname,Forename,UPN,Year\n" + b'"Zebracrossing,Testy,,9\n')
    assert "Zebra" not in caught.value.says() + repr(caught.value) + str(caught.value.__cause__)
    assert caught.value.values == {"line": 2}
