"""My record: the routes of the pages for a signed-in pupil.

The pages have no script. Nothing of a record stands in an address or in a log.
"""

from typing import TYPE_CHECKING

from bot.channels.web.record import (
    adding,
    attachments,
    changing,
    deleting,
    meetings,
    passports,
    plans,
    showing,
    taking,
    waiting,
)
from bot.channels.web.record.forms import FORMS
from bot.channels.web.record.showing import AT_ONCE

if TYPE_CHECKING:
    from bot.channels.web.routes import RouteRow

__all__ = ["AT_ONCE", "FORMS", "record_rows"]


def record_rows() -> tuple["RouteRow", ...]:
    """The routes of the record, all for signed-in pupils only."""
    # Here, because the table of routes is made from this module among others.
    from bot.channels.web.routes import Access, RouteRow

    one = "/record/lines/{line}"
    kept = "/record/attachments/{attachment}"
    met = "/record/meetings/{meeting}"
    rows = (
        ("GET", "/record", showing.show),
        ("GET", "/record/add/{kind}", adding.ask_line),
        ("POST", "/record/add/{kind}", adding.add),
        ("GET", "/record/destination", adding.ask_destination),
        ("POST", "/record/destination", adding.choose_destination),
        ("GET", f"{one}/correct", changing.ask_correction),
        ("POST", f"{one}/correct", changing.correct),
        ("GET", f"{one}/dispute", changing.ask_dispute),
        ("POST", f"{one}/dispute", changing.dispute),
        ("POST", f"{one}/done", changing.end),
        ("POST", f"{one}/dropped", changing.end),
        ("POST", f"{one}/open", changing.reopen),
        ("GET", f"{one}/delete", changing.ask_line_deletion),
        ("POST", f"{one}/delete", changing.delete_one),
        ("POST", "/record/waiting/{proposal}/yes", waiting.answer),
        ("POST", "/record/waiting/{proposal}/no", waiting.answer),
        ("GET", "/record/download.json", taking.download_json),
        ("GET", "/record/download.pdf", taking.download_pdf),
        ("GET", "/record/ready", taking.show_ready),
        ("POST", "/record/ready", taking.keep_ready),
        ("GET", "/record/ready.pdf", taking.download_ready),
        ("GET", "/record/folder.pdf", taking.download_folder),
        ("GET", "/record/folder.zip", taking.download_folder_zip),
        ("GET", kept, attachments.download),
        ("GET", f"{kept}/delete", attachments.ask_removal),
        ("POST", f"{kept}/delete", attachments.remove),
        ("GET", "/record/passport.zip", passports.download_passport),
        ("GET", "/record/passport", passports.ask_passport),
        ("POST", "/record/passport", passports.check_passport),
        ("POST", "/record/passport/take", passports.take),
        ("GET", "/record/meetings", meetings.show),
        ("POST", "/record/meetings/book", meetings.book_one),
        ("POST", "/record/meetings/wait", meetings.wait),
        ("POST", "/record/meetings/stop-waiting", meetings.stop_waiting),
        ("GET", f"{met}/move", meetings.ask_move),
        ("POST", f"{met}/move", meetings.move_one),
        ("POST", f"{met}/cancel", meetings.cancel_one),
        ("POST", f"{met}/talk", meetings.note_talk),
        ("POST", f"{met}/invitees/{{invitee}}/yes", meetings.answer_guest),
        ("POST", f"{met}/invitees/{{invitee}}/no", meetings.answer_guest),
        ("GET", f"{met}/plan", plans.show),
        ("POST", f"{met}/plan/agree", plans.say_yes),
        ("POST", f"{met}/plan/comment", plans.say_otherwise),
        ("POST", f"{met}/plan/share", plans.share_it),
        ("POST", f"{met}/plan/shares/{{share}}/remove", plans.unshare_it),
        ("GET", f"{met}/plan.pdf", plans.download),
        ("GET", "/record/delete", deleting.ask_deletion),
        ("POST", "/record/delete", deleting.delete),
    )
    return tuple(RouteRow(method, path, Access.PUPIL, handler) for method, path, handler in rows)
