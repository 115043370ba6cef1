"""Slips of paper with sign-in codes: one for each pupil of a tutor group, ten on a page."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import typst

from bot.records.pupils import PupilRow

TEMPLATE = Path(__file__).with_name("slips.typ")


def pdf(
    pupils: Sequence[PupilRow],
    codes: Mapping[str, str],
    *,
    group: str,
    school: str,
    address: str,
) -> bytes:
    """The slips as a tagged PDF of A4 pages, ten on each, in the order of the pupils.

    `codes` is {pupil_id: code as shown}; `address` is shown without its scheme.
    """
    slips = [
        {
            "first": pupil.details.given_name,
            "initial": _initial(pupil.details.family_name),
            "code": codes[pupil.id],
        }
        for pupil in pupils
    ]
    fonts = files("font_source_sans_pro") / "files"
    made = typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(fonts)]),
        sys_inputs={
            "slips": json.dumps(slips, ensure_ascii=False),
            "group": group,
            "school": school,
            "address": address.partition("://")[2],
        },
        pdf_standards="ua-1",
    )
    if not isinstance(made, bytes):
        raise AssertionError("a document without pages")
    return made


def _initial(family_name: str) -> str:
    return f"{family_name[:1].upper()}." if family_name else ""
