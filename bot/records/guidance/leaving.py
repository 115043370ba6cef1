"""When a pupil left, after which year, and from when on something can have lasted six months."""

from datetime import date

from bot.records.pupils import FIRST_YEAR, LAST_YEAR, PupilRow

STAYS_ON = 11
"""Who is still at the school in Year 12 or 13 has left Year 11 for its own sixth form."""
LASTS_MONTHS = 6
"""How long a destination has to last to count as sustained, as the DfE counts."""
_END_OF_YEAR = (6, 30)
_SUMMER = (7, 8, 9, 10)


def left_from(pupil: PupilRow, day: date) -> int:
    """The year group that a destination reported on that day comes after.

    A roster of the autumn marks those as having left who left in summer. Who is still here in
    Year 12 or 13 has a destination after Year 11.
    """
    if pupil.left_on is not None:
        last = pupil.year_group(pupil.left_on) - (pupil.left_on.month in (9, 10))
        return max(FIRST_YEAR, min(last, LAST_YEAR))
    year = pupil.year_group(day)
    if year > LAST_YEAR:
        return LAST_YEAR
    return min(year, STAYS_ON)


def last_day(pupil: PupilRow, year_group: int) -> date:
    """The pupil's last day, of what followed `year_group`; 30 June for who left in a summer.

    Most have left school for good by then, whenever in summer or autumn a roster says so.
    """
    if pupil.left_on is None or year_group < left_from(pupil, pupil.left_on):
        return date(pupil.year_7_in + year_group - FIRST_YEAR + 1, *_END_OF_YEAR)
    if pupil.left_on.month in _SUMMER:
        return date(pupil.left_on.year, *_END_OF_YEAR)
    return pupil.left_on


def known_to_last_from(left: date) -> date:
    """The first day on which something begun right after leaving can have lasted six months."""
    return _months_after(left, LASTS_MONTHS)


def anniversary(left: date, years: int) -> date:
    """The day so many years after leaving."""
    return _months_after(left, 12 * years)


def _months_after(day: date, months: int) -> date:
    """The day so many months later; the last of the month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    for number in range(day.day, 27, -1):
        try:
            return first.replace(day=number)
        except ValueError:
            continue
    return first.replace(day=day.day)
