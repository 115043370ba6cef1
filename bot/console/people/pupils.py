"""Pupils: the list, filtered by year, tutor group and need, and the search by name.

A name is searched for with a form that is posted: no name of a pupil stands in an address.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.pages import MOST_ROWS, Sheet
from bot.console.people.wording import words
from bot.console.visit import Visit
from bot.records.pupils import (
    FIRST_YEAR,
    LAST_YEAR,
    PupilRow,
    count_pupils,
    in_year_7,
    list_pupils,
    name_key,
    school_year,
)
from bot.records.sealing import Sealing

LIST = "/console/pupils"
_LONGEST_NAME = 80
_FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """Which pupils are asked for. None means all."""

    year: int | None = None
    tutor_group: str | None = None
    need: str | None = None
    leavers: bool = False


def needs_of(pupil: PupilRow) -> tuple[str, ...]:
    """Which of the groups in words.yml the pupil belongs to, as far as the school holds it."""
    details = pupil.details
    held = {
        "plan": details.send == "E",
        "send": details.send == "K",
        "premium": bool(details.pupil_premium),
        "eal": bool(details.eal),
    }
    return tuple(name for name, is_so in held.items() if is_so)


def chosen_pupils(
    connection: Connection, sealing: Sealing, school_id: int, choice: Choice, today: date
) -> list[PupilRow]:
    """The pupils asked for, by name."""
    beginning = None if choice.year is None else in_year_7(choice.year, school_year(today))
    found = list_pupils(
        connection,
        sealing,
        school_id,
        year_7_in=beginning,
        tutor_group=choice.tutor_group,
        leavers=choice.leavers,
    )
    found = [one for one in found if one.has_left(today) == choice.leavers]
    if choice.need is None:
        return found
    # Whoever has a plan has special educational needs too.
    wanted = {"send", "plan"} if choice.need == "send" else {choice.need}
    return [one for one in found if wanted & set(needs_of(one))]


def named_like(pupils: Collection[PupilRow], typed: str) -> list[PupilRow]:
    """The pupils with every word that was typed at the start of a part of their name."""
    wanted = name_key(typed).split()
    return [one for one in pupils if all(_begins(one, word) for word in wanted)]


def _begins(pupil: PupilRow, word: str) -> bool:
    name = name_key(f"{pupil.details.given_name} {pupil.details.family_name}")
    parts = name.replace("-", " ").split()
    return name.startswith(word) or any(part.startswith(word) for part in (*parts, *name.split()))


async def show(visit: Visit) -> Response:
    """GET /console/pupils: a page of the list."""
    choice = _choice(visit)
    found = await visit.read(chosen_pupils, choice, visit.today)
    return await _list(visit, found, choice, {})


async def search(visit: Visit) -> Response:
    """POST /console/pupils: pupils of that name, those who have left among them."""
    typed = visit.typed("name")[:_LONGEST_NAME]
    if len("".join(typed.split())) < _FEWEST_LETTERS:
        wrong = {"name": words()["mistakes"]["search"]}
        found = await visit.read(chosen_pupils, Choice(), visit.today)
        return await _list(visit, found, Choice(), {"name": typed}, wrong)
    everybody = await visit.read(list_pupils, leavers=True)
    return await _list(visit, named_like(everybody, typed), None, {"name": typed})


async def _list(
    visit: Visit,
    found: list[PupilRow],
    choice: Choice | None,
    given: dict[str, str],
    wrong: dict[str, str] | None = None,
) -> Response:
    counts = await visit.desk.store.read(count_pupils, visit.desk.school_id)
    year_began = school_year(visit.today)
    groups = sorted({one.tutor_group for one in counts if one.tutor_group and not one.left})
    years = sorted({FIRST_YEAR + year_began - one.year_7_in for one in counts if not one.left})
    sheet = visit.sheet(len(found)) if choice else Sheet.of(None, len(found))
    return visit.page(
        "people/pupils.html",
        422 if wrong else 200,
        pupils=[
            (one, one.year_group(visit.today), needs_of(one), one.has_left(visit.today))
            for one in found[sheet.offset : sheet.offset + MOST_ROWS]
        ],
        sheet=sheet,
        choice=choice,
        any_pupil=bool(counts),
        given=given,
        wrong=wrong or {},
        years=[
            ("", "All years"),
            *((str(one), f"Year {one}") for one in years if one <= LAST_YEAR),
        ],
        groups=[("", "All tutor groups"), *((one, one) for one in groups)],
        needs=[("", "All pupils"), *words()["groups"].items()],
        words=words(),
    )


def _choice(visit: Visit) -> Choice:
    year, need = visit.asked("year"), visit.asked("need")
    return Choice(
        int(year) if year in {str(one) for one in range(FIRST_YEAR, LAST_YEAR + 1)} else None,
        visit.asked("tutor_group")[:32] or None,
        need if need in words()["groups"] else None,
        visit.asked("leavers") == "yes",
    )
