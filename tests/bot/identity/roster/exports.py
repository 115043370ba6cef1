"""Exports as the systems write them, of people who are plainly invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bot.identity.roster.upn import check_letter

TODAY = date(2026, 11, 22)
HELD = frozenset({"given_name", "family_name", "year_group", "tutor_group", "birth_date", "upn"})
ALL = HELD | {"email", "gender", "send", "pupil_premium", "eal"}

HEADINGS: dict[str, tuple[str, ...]] = {
    "SIMS": (
        "Surname", "Forename", "UPN", "DOB", "Year", "Reg", "Primary Email", "Gender",
        "SEN Status", "Pupil Premium Indicator", "EAL",
    ),
    "Arbor": (
        "Legal last name", "Legal first name", "UPN", "Date of birth", "Year group",
        "Registration form", "Student email", "Gender", "SEN status",
        "Pupil Premium Recipient", "English as an Additional Language",
    ),
    "Bromcom": (
        "Last Name", "First Name", "UPN", "Date of Birth", "Year Group", "Tutor Group",
        "School Email", "Gender", "SEN Code", "Pupil Premium", "EAL",
    ),
    "Wonde": (
        "surname", "forename", "upn", "date_of_birth", "national_curriculum_year",
        "registration_group", "email", "gender", "sen_status",
        "premium_pupil_indicator", "english_as_additional_language",
    ),
}  # fmt: skip
FIELDS = ("family", "given", "upn", "born", "year", "form", "email", "gender", "send", "pp", "eal")


def upn(number: int) -> str:
    """A UPN with its check letter, of a school that there is not."""
    rest = f"9999999{number:05}"
    return check_letter(rest) + rest


def person(number: int = 1, **more: str) -> dict[str, str]:
    """Somebody in Year 9; the number makes name, UPN and e-mail their own."""
    word = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return {
        "family": f"Exampleton{word}",
        "given": f"Testy{word}",
        "upn": upn(number),
        "born": "14/03/2013",
        "year": "9",
        "form": "9B",
        "email": f"pupil{number}@school.example",
        "gender": "F",
        "send": "N",
        "pp": "No",
        "eal": "No",
    } | more


def export(
    people: Iterable[Mapping[str, str]],
    system: str = "SIMS",
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    fields: Sequence[str] = FIELDS,
) -> bytes:
    """A file of that system with the columns `fields`."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(HEADINGS[system][FIELDS.index(field)] for field in fields)
    writer.writerows([one[field] for field in fields] for one in people)
    return text.getvalue().encode(encoding)
