"""soc/search and soc/code."""

from __future__ import annotations

from lmi.service.answers import fields
from lmi.service.no_data import NoData, Reason
from lmi.service.plain_text import task_list, without_nec
from lmi.service.rerank import by_titles
from lmi.service.results import Receipt, SocDetails, SocEntry, SocMatches


def matches(body: object, query: str, receipt: Receipt) -> SocMatches:
    """What was found, ranked by titles; entries without a code or a title are left out."""
    entries = (_entry(item) for item in fields.objects(body))
    found = tuple(entry for entry in entries if entry is not None)
    return SocMatches(receipt, query, by_titles(query, found))


def details(body: object, asked: str, receipt: Receipt) -> SocDetails | NoData:
    """One unit group; NoData when it is not the one asked for."""
    entry = _entry(fields.mapping(body))
    if entry is None:
        return NoData(Reason.UNEXPECTED_SHAPE, "no code or no title")
    if entry.soc2010 != asked:
        return NoData(Reason.OTHER_JOB, f"asked {asked}, got {entry.soc2010}")
    return SocDetails(receipt, entry)


def _entry(item: dict[str, object]) -> SocEntry | None:
    code = fields.soc_code(item.get("soc"))
    title, leftover = without_nec(fields.text(item.get("title")))
    if not code or not title:
        return None
    tasks = item.get("tasks")
    return SocEntry(
        soc2010=code,
        title=title,
        leftover=leftover,
        description=fields.text(item.get("description")),
        qualifications=fields.text(item.get("qualifications")),
        tasks=task_list(tasks) if isinstance(tasks, str) else fields.texts(tasks),
        job_titles=tuple(without_nec(title)[0] for title in fields.texts(item.get("add_titles"))),
    )
