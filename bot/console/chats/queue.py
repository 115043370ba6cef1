"""The queue: who waits, whose chats are one's own, what was put off, what is over."""

from dataclasses import dataclass

from starlette.responses import Response

from bot.advisers.opening_hours import hours_of
from bot.console.chats.showing import called, words
from bot.console.pages import MOST_ROWS
from bot.console.visit import Visit
from bot.records.handover import referrals
from bot.records.handover.beside import tags_in_use
from bot.records.handover.queue import QueueRow, queue

QUEUE = "/console/queue"
LATE_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Sorted:
    """The rows of the queue by what is to be done with them."""

    waiting: list[QueueRow]
    mine: list[QueueRow]
    later: list[QueueRow]
    snoozed: list[QueueRow]
    others: list[QueueRow]


def sort(rows: list[QueueRow], staff_id: str) -> Sorted:
    """Who waits to talk now first; then one's own, answers for later, and colleagues' chats."""
    free = [row for row in rows if row.handover.staff_id is None]
    taken = [row for row in rows if row.handover.staff_id is not None]
    mine = [row for row in taken if row.handover.staff_id == staff_id]
    return Sorted(
        waiting=[row for row in free if row.handover.way == "chat"],
        mine=[row for row in mine if row.state != "snoozed"],
        later=[row for row in free if row.handover.way != "chat"],
        snoozed=[row for row in mine if row.state == "snoozed"],
        others=[row for row in taken if row.handover.staff_id != staff_id],
    )


async def show(visit: Visit) -> Response:
    """GET /console/queue: the queue; with `show=closed` what is over, with `tag` one tag's."""
    tag = visit.asked("tag") or None
    over = visit.asked("show") == "closed"
    page = visit.asked("page")
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1
    rows = await visit.read(queue, visit.now, ended=over, page=max(1, number), tag=tag)
    store, school_id = visit.desk.store, visit.desk.school_id
    hours = await store.read(hours_of, school_id)
    return visit.page(
        "chats/closed.html" if over else "chats/queue.html",
        rows=rows,
        groups=sort(rows, visit.who.id),
        tags=await store.read(tags_in_use, school_id),
        tag=tag,
        number=max(1, number),
        more=len(rows) == MOST_ROWS,
        referrals=await store.read(referrals.count_open, school_id),
        closes=hours.closes(visit.now),
        opens=hours.next_opening(visit.now),
        called=called,
        late_minutes=LATE_MINUTES,
        words=words(),
    )
