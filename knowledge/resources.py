"""The directory of places to go: read from resources.yml, and filtered by who asks for what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from knowledge.content import HERE, BadContent, Entry, check_keys, entries
from knowledge.facts import CONFIRMED, TO_CONFIRM
from knowledge.readers import AUDIENCES, PARENTS, STAGES

FILE = HERE / "resources.yml"
KINDS = ("official", "charity", "company")
COSTS = ("free", "paid", "mixed")
TOPICS = (
    "choosing", "apprenticeships", "university", "technical", "jobs", "work experience",
    "cv and interviews", "money", "send", "barriers", "results", "sector",
)  # fmt: skip
SECTORS = (
    "health", "engineering", "construction", "teaching", "creative", "technology", "government",
)  # fmt: skip
KEY_STAGES = dict(zip(STAGES, (3, 4, 5), strict=False))
"""The key stage of each stage; who has left school has none."""
MOST_WORDS = 25
LOOSENED = ("benchmark", "cost", "send", "also", "key_stage", "audience", "sector", "topic")
"""Filters in the order in which they are given up when nothing fits them all."""

_NEEDED = {
    "id", "name", "what", "link", "kind", "benchmarks", "key_stages", "audiences", "cost",
    "topics", "checked_on", "status",
}  # fmt: skip
_ALLOWED = {"send", "sectors"}


@dataclass(frozen=True)
class Resource:
    """One place to go. `send` is a plain note on whom with SEND it suits, "" where none is known.

    The first of `topics` is what it is mainly for.
    """

    id: str
    name: str
    what: str
    link: str
    kind: str
    benchmarks: tuple[int, ...]
    key_stages: tuple[int, ...]
    audiences: tuple[str, ...]
    cost: str
    send: str
    topics: tuple[str, ...]
    sectors: tuple[str, ...]
    checked_on: dt.date
    status: str
    path: Path
    line: int

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody has checked the entry against the site itself."""
        return self.status == CONFIRMED


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; None, False and "" leave a filter open.

    `audience` is one of `AUDIENCES`; `also` is a second topic; `key_stage` is 3, 4 or 5.
    """

    topic: str | None = None
    also: str | None = None
    audience: str | None = None
    key_stage: int | None = None
    cost: str | None = None
    send: bool = False
    benchmark: int | None = None
    sector: str | None = None

    def fits(self, resource: Resource) -> bool:
        """Tell whether a resource passes every filter."""
        return (
            (self.topic is None or self.topic in resource.topics)
            and (self.also is None or self.also in resource.topics)
            and (self.audience is None or self.audience in resource.audiences)
            and (self.key_stage is None or self.key_stage in resource.key_stages)
            and (self.cost is None or self.cost == resource.cost)
            and (not self.send or bool(resource.send))
            and (self.benchmark is None or self.benchmark in resource.benchmarks)
            and (self.sector is None or self.sector in resource.sectors)
        )

    def without(self, name: str) -> Wanted:
        """Return the same with the filter `name` left open."""
        if name == "send":
            return replace(self, send=False)
        return replace(self, **{name: None})  # type: ignore[arg-type]


class Resources:
    """All resources by id."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        """Take the resources by id; `load` reads them from the file."""
        self._resources = dict(resources)

    @classmethod
    def load(cls, path: Path = FILE) -> Resources:
        """Read the file; `BadContent` names file and line of what is wrong."""
        found: dict[str, Resource] = {}
        for entry in entries(path):
            resource = _read(entry)
            if resource.id in found:
                raise entry.fault(f"{resource.id} stands in line {found[resource.id].line} too")
            found[resource.id] = resource
        return cls(found)

    def __contains__(self, resource_id: object) -> bool:
        """Tell whether there is a resource of that id."""
        return resource_id in self._resources

    def __iter__(self) -> Iterator[Resource]:
        """Go through the resources in order of the file."""
        return iter(self._resources.values())

    def __getitem__(self, resource_id: str) -> Resource:
        """Return the resource of that id. Raises KeyError for an unknown one."""
        return self._resources[resource_id]

    def find(self, wanted: Wanted) -> list[Resource]:
        """Return what fits: those mainly for the topic, then official ones, then by name."""

        def order(resource: Resource) -> tuple[bool, int, str]:
            aside = wanted.topic is not None and resource.topics[0] != wanted.topic
            return aside, KINDS.index(resource.kind), resource.name.casefold()

        return sorted(filter(wanted.fits, self), key=order)

    def nearest(self, wanted: Wanted) -> tuple[list[Resource], tuple[str, ...]]:
        """Return what fits, and the names of the filters that were given up to find anything.

        One filter is given up where that is enough, in the order of `LOOSENED`; else as many as
        it takes.
        """
        if found := self.find(wanted):
            return found, ()
        given = [name for name in LOOSENED if getattr(wanted, name)]
        for name in given:
            if found := self.find(wanted.without(name)):
                return found, (name,)
        for count, name in enumerate(given, start=1):
            wanted = wanted.without(name)
            if found := self.find(wanted):
                return found, tuple(given[:count])
        return [], tuple(given)


def _read(entry: Entry) -> Resource:
    check_keys(entry, _NEEDED, _ALLOWED)
    values = entry.values
    send = values.get("send") or ""
    for name in ("id", "name", "what", "link"):
        if not isinstance(values[name], str):
            raise entry.fault(f"{name} is not words")
    if not isinstance(send, str):
        raise entry.fault("send is not words")
    _one_of(entry, "kind", KINDS)
    _one_of(entry, "cost", COSTS)
    _one_of(entry, "status", (CONFIRMED, TO_CONFIRM))
    benchmarks = _some_of(entry, "benchmarks", tuple(range(1, 9)))
    key_stages = _some_of(entry, "key_stages", (3, 4, 5))
    audiences = _some_of(entry, "audiences", AUDIENCES)
    topics = _some_of(entry, "topics", TOPICS)
    sectors = _some_of(entry, "sectors", SECTORS) if "sectors" in values else []
    if ("sector" in topics) != bool(sectors):
        raise entry.fault("the topic sector and the key sectors go together")
    if "send" in topics and not send:
        raise entry.fault("the topic send needs a note in send on whom it is for")
    pupils = [KEY_STAGES[stage] for stage in audiences if stage in KEY_STAGES]
    if pupils != key_stages and set(audiences) != {PARENTS}:
        raise entry.fault(f"the key stages {key_stages} are not those of the audiences: {pupils}")
    if urlsplit(values["link"]).scheme != "https":
        raise entry.fault("the link does not begin with https://")
    if len(values["what"].split()) > MOST_WORDS:
        raise entry.fault(f"what has more than {MOST_WORDS} words")
    if type(values["checked_on"]) is not dt.date:
        raise entry.fault("checked_on is not a day such as 2026-04-01")
    return Resource(
        id=values["id"],
        name=values["name"],
        what=values["what"],
        link=values["link"],
        kind=values["kind"],
        benchmarks=tuple(benchmarks),
        key_stages=tuple(key_stages),
        audiences=tuple(audiences),
        cost=values["cost"],
        send=send,
        topics=tuple(topics),
        sectors=tuple(sectors),
        checked_on=values["checked_on"],
        status=values["status"],
        path=entry.path,
        line=entry.line,
    )


def _one_of(entry: Entry, name: str, known: tuple[str, ...]) -> None:
    if entry.values[name] not in known:
        raise entry.fault(f"{name} is {entry.values[name]!r}, none of {', '.join(known)}")


def _some_of(entry: Entry, name: str, known: Sequence[object]) -> list[Any]:
    found = entry.values[name]
    if not isinstance(found, list) or not found:
        raise entry.fault(f"{name} is not a list")
    if strange := [item for item in found if item not in known]:
        raise entry.fault(f"{name}: {strange[0]!r} is none of {', '.join(map(str, known))}")
    return found


__all__ = ["BadContent", "Resource", "Resources", "Wanted"]
