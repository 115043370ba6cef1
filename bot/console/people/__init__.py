"""The room of people: today, pupils and their records, staff, the school's settings, the audit."""

from bot.console.people import audit, pupils, record, roster, school, staff, today
from bot.console.rows import HOME, ConsoleRow
from bot.identity.roster.reading import MOST_BYTES
from bot.records.guidance.attachment_limits import LARGEST_FILE

_PUPILS = f"{HOME}/pupils"
_ONE = f"{_PUPILS}/{{pupil}}"
_ROSTER = f"{HOME}/roster"
_STAFF = f"{HOME}/staff"
_SOMEBODY = f"{_STAFF}/{{staff}}"
_SCHOOL = f"{HOME}/school"
_ROSTER_FILE = MOST_BYTES + 64 * 1024

ROWS = (
    ConsoleRow("GET", HOME, "own_account", today.show, "today"),
    ConsoleRow("GET", _PUPILS, "pupils", pupils.show, "pupils"),
    ConsoleRow("POST", _PUPILS, "pupils", pupils.search, "search pupils"),
    ConsoleRow("GET", _ONE, "record", record.ask_why, "why a record is looked at"),
    ConsoleRow("POST", _ONE, "record", record.say_why, "say why"),
    ConsoleRow("GET", f"{_ONE}/record", "record", record.show, "a pupil's record"),
    ConsoleRow("POST", f"{_ONE}/lines", "record", record.add_words, "add a note or advice"),
    ConsoleRow(
        "POST",
        f"{_ONE}/files",
        "record",
        record.add_file,
        "add a file",
        most_bytes=LARGEST_FILE + 64 * 1024,
        files=1,
    ),
    ConsoleRow("GET", f"{_ONE}/files/{{file}}", "record", record.download, "a pupil's file"),
    ConsoleRow("GET", _ROSTER, "school_settings", roster.show, "roster"),
    ConsoleRow(
        "POST",
        _ROSTER,
        "school_settings",
        roster.look,
        "look at a roster",
        most_bytes=_ROSTER_FILE,
        files=1,
    ),
    ConsoleRow("POST", f"{_ROSTER}/write", "school_settings", roster.write, "write the roster"),
    ConsoleRow("GET", f"{_ROSTER}/slips", "school_settings", roster.ask_slips, "ask for slips"),
    ConsoleRow("POST", f"{_ROSTER}/slips", "school_settings", roster.make_slips, "make slips"),
    ConsoleRow("GET", _STAFF, "staff_admin", staff.show, "staff"),
    ConsoleRow("GET", f"{_STAFF}/new", "staff_admin", staff.ask_new, "somebody new"),
    ConsoleRow("POST", _STAFF, "staff_admin", staff.add, "add somebody"),
    ConsoleRow("GET", _SOMEBODY, "staff_admin", staff.show_one, "somebody of staff"),
    ConsoleRow("POST", _SOMEBODY, "staff_admin", staff.change, "change somebody"),
    ConsoleRow("POST", f"{_SOMEBODY}/roles", "staff_admin", staff.change_roles, "change roles"),
    ConsoleRow("POST", f"{_SOMEBODY}/link", "staff_admin", staff.make_link, "make a link"),
    ConsoleRow("GET", f"{_SOMEBODY}/leave", "staff_admin", staff.ask_leaving, "ask about leaving"),
    ConsoleRow("POST", f"{_SOMEBODY}/leave", "staff_admin", staff.leave, "somebody leaves"),
    ConsoleRow("GET", _SCHOOL, "school_settings", school.show, "the school"),
    ConsoleRow("POST", f"{_SCHOOL}/hours", "school_settings", school.change_hours, "hours"),
    ConsoleRow(
        "POST", f"{_SCHOOL}/meetings", "school_settings", school.change_meetings, "meetings"
    ),
    ConsoleRow("GET", f"{_SCHOOL}/clocks", "school_settings", school.show_clocks, "clocks"),
    ConsoleRow("POST", f"{_SCHOOL}/clocks", "school_settings", school.set_one, "set a clock"),
    ConsoleRow("GET", f"{_SCHOOL}/clocks/due", "school_settings", school.dry_run, "what is due"),
    ConsoleRow("GET", f"{HOME}/audit", "audit", audit.show, "audit"),
)
