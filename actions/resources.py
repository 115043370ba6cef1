"""Places to go: the directory, filtered by who asks, the topic, the cost and SEND."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import Any

from actions.ground import Ground
from actions.readers import reader_of
from actions.showing import fact_sources
from actions.turn import Memory, Reply, Turn, message
from knowledge.answers import MOST_BUTTONS
from knowledge.readers import PARENTS, STAGES, Reader
from knowledge.resources import KEY_STAGES, TOPICS, Resource, Resources, Wanted

SHOWN = 4
MOST_WORDS = 112
"""Words of one message; where four places take more, three are shown."""
KEPT = "resources:"
"""How `Memory.topic` begins while the directory is the topic; the topic within it follows."""

_YEAR = re.compile(r"\b(?:year|yr|y)\s*(7|8|9|10|11|12|13)s?\b", re.IGNORECASE)
_KEY_STAGE = re.compile(r"\b(?:key\s*stage|ks)\s*([345])\b", re.IGNORECASE)
_BENCHMARK = re.compile(r"\b(?:benchmark|bm)\s*([1-8])\b", re.IGNORECASE)


@cache
def directory() -> Resources:
    """Return the directory; it is read once for the process."""
    return Resources.load()


def resources(turn: Turn, ground: Ground) -> Reply:
    """Show up to four places to go; where nothing fits, leave out a filter and say which."""
    carried = turn.chosen.get("wanted")
    if isinstance(carried, Mapping):
        wanted, year, after = _carried(carried)
    else:
        (wanted, year), after = read(turn, ground), 0
    found, left_out = directory().nearest(wanted)
    used = wanted
    for name in left_out:
        used = used.without(name)
    say = ground.wording.say
    buttons: list[tuple[str, str]] = []
    if after >= len(found):
        phone = ground.facts.on("ncs_phone", turn.today)
        text, shown = say("resources.nothing", phone=phone.text), []
        sources = fact_sources([phone])
    else:
        head = [_heading(used, year, ground)]
        if left_out:
            told = ", ".join(_name_of(name, wanted, year, ground) for name in left_out)
            head.append(say("resources.loosened", left_out=told))
        text, shown = _listed(head, found[after:], ground)
        sources = [_source(resource, ground) for resource in shown]
        if after + len(shown) < len(found):
            payload = _payload(used, year, after + len(shown))
            buttons.append((say("resources.more"), payload))
    buttons += _other_topics(used, year, MOST_BUTTONS - len(buttons), ground)
    memory = replace(
        turn.memory,
        topic=KEPT + (used.topic or ""),
        asking=None,
        offered=tuple(buttons),
        misses=0,
    )
    return Reply((message("resources", text, buttons=buttons, sources=sources),), memory)


def read(turn: Turn, ground: Ground) -> tuple[Wanted, int | None]:
    """Return what is looked for, and the school year; from the words first, then from memory."""
    text = turn.clause or turn.text
    pattern = ground.wording.pattern
    topics = _groups(pattern("resources.topic_words"), text)
    sectors = _groups(pattern("resources.sector_words"), text)
    send = "send" in topics
    named = [topic for topic in topics if topic != "send"]
    benchmark = _BENCHMARK.search(text)
    if sectors:
        named = [*(topic for topic in named if topic != "choosing")][:1] or ["sector"]
    elif not named and send:
        named, send = ["send"], False
    elif not named and benchmark is None:
        named = [_topic_before(turn.memory)]
    audience, key_stage, year = _for_whom(turn, ground)
    wanted = Wanted(
        topic=named[0] if named else None,
        also=named[1] if len(named) > 1 else None,
        audience=audience,
        key_stage=key_stage,
        cost="free" if pattern("resources.free_words").search(text) else None,
        send=send,
        benchmark=int(benchmark[1]) if benchmark else None,
        sector=sectors[0] if sectors else None,
    )
    return wanted, year


def _groups(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the names of the groups that a text matches, once each, in order of the text."""
    found = [str(match.lastgroup).replace("_", " ") for match in pattern.finditer(text)]
    return list(dict.fromkeys(found))


def _topic_before(memory: Memory) -> str:
    """Return the topic within the directory that was shown before, else that of finding ideas."""
    before = (memory.topic or "").removeprefix(KEPT) if _is_kept(memory) else ""
    return before if before in TOPICS else TOPICS[0]


def _is_kept(memory: Memory) -> bool:
    return (memory.topic or "").startswith(KEPT)


def _for_whom(turn: Turn, ground: Ground) -> tuple[str | None, int | None, int | None]:
    """Return audience, key stage and school year; a parent's are those of the child."""
    text = turn.text or turn.clause
    pattern = ground.wording.pattern
    reader = reader_of(turn.memory)
    year = int(said[1]) if (said := _YEAR.search(text)) else reader.year_group
    stage = Reader("pupil", year).stage
    key_stage = int(named[1]) if (named := _KEY_STAGE.search(text)) else None
    if key_stage is not None:
        stage = next((name for name, of in KEY_STAGES.items() if of == key_stage), stage)
        if said is None and KEY_STAGES.get(Reader("pupil", year).stage or "") != key_stage:
            year = None
    pupils = pattern("resources.pupil_words").search(text)
    parents = pattern("resources.parent_words").search(text)
    if parents or (reader.is_parent and not pupils):
        return PARENTS, KEY_STAGES.get(stage or ""), year
    if pattern("resources.leaver_words").search(text) or (reader.left_school and said is None):
        return STAGES[-1], None, None
    return stage, None, year


def _heading(wanted: Wanted, year: int | None, ground: Ground) -> str:
    say = ground.wording.say
    parts = [say("resources.places")]
    if wanted.topic:
        parts.append(say("resources.about", topic=_inside(wanted.topic, ground)))
    if wanted.also:
        parts.append(say("resources.second", topic=_inside(wanted.also, ground)))
    told = [" ".join(parts)]
    if wanted.audience or wanted.key_stage:
        told.append(say("resources.reader", reader=_reader(wanted, year, ground)))
    told += [
        _name_of(name, wanted, year, ground)
        for name in ("cost", "send", "benchmark")
        if getattr(wanted, name)
    ]
    return ", ".join(told) + ":"


def _reader(wanted: Wanted, year: int | None, ground: Ground) -> str:
    """Return for whom it is, in words."""
    say = ground.wording.say
    if wanted.audience == PARENTS:
        if year is not None and wanted.key_stage:
            return say("resources.parents_of", year=year)
        if wanted.key_stage:
            return say("resources.parents_of_stage", stage=wanted.key_stage)
        return say("resources.parents")
    if wanted.audience == STAGES[-1]:
        return say("resources.leavers")
    if year is not None:
        return say("resources.pupils", year=year)
    if wanted.audience is None:
        return say("resources.key_stage_pupils", stage=wanted.key_stage)
    return say("resources.stage_pupils", stage=wanted.audience.capitalize())


def _name_of(name: str, wanted: Wanted, year: int | None, ground: Ground) -> str:
    """Return a filter as it is called when it is named or left out."""
    say = ground.wording.say
    if name == "cost":
        return say("resources.free_ones")
    if name == "send":
        return say("resources.with_send")
    if name == "benchmark":
        return say("resources.benchmark", number=wanted.benchmark)
    if name == "sector":
        return str(wanted.sector)
    if name in ("topic", "also"):
        return _inside(str(getattr(wanted, name)), ground)
    if name == "key_stage" and wanted.audience == PARENTS:  # they are still for parents
        return _reader(wanted.without("audience"), year, ground)
    return _reader(wanted, year, ground)


def _listed(
    head: Sequence[str], found: Sequence[Resource], ground: Ground
) -> tuple[str, list[Resource]]:
    """Return the text with as many of the places as fit, and those places."""
    count = min(SHOWN, len(found))
    last = [ground.wording.say("resources.no_ranking")] if len(found) > 1 else []
    while True:
        lines = "\n".join(_line(resource, ground) for resource in found[:count])
        text = "\n\n".join([*head, lines, *last])
        if count == 1 or len(re.sub(r"\]\([^)]*\)", "]", text).split()) <= MOST_WORDS:
            return text, list(found[:count])
        count -= 1


def _line(resource: Resource, ground: Ground) -> str:
    cost = (
        "resources.free"
        if resource.cost == "free"
        else "resources.mixed"
        if resource.cost == "mixed"
        else "resources.paid"
    )
    values = {
        "name": resource.name,
        "link": resource.link,
        "what": resource.what,
        "cost": ground.wording.say(cost),
    }
    if resource.send:
        return ground.wording.say("resources.line_send", send=resource.send, **values)
    return ground.wording.say("resources.line", **values)


def _source(resource: Resource, ground: Ground) -> dict[str, str]:
    say = ground.wording.say
    month = f"{resource.checked_on:%B %Y}"
    confirmed = resource.is_confirmed
    return {
        "publisher": resource.name,
        "dataset": "",
        "year": say("resources.checked" if confirmed else "resources.listed", month=month),
        "link": resource.link,
        "caveat": "" if confirmed else say("resources.to_confirm"),
    }


def _other_topics(
    wanted: Wanted, year: int | None, most: int, ground: Ground
) -> list[tuple[str, str]]:
    """Return buttons for the topics that follow this one, where there is something for the reader.

    They follow each other in a round, so that pressing on leads through all of them.
    """
    place = TOPICS.index(wanted.topic) + 1 if wanted.topic else 0
    buttons = []
    for topic in (*TOPICS[place:], *TOPICS[: max(place - 1, 0)]):
        other = Wanted(topic, audience=wanted.audience, key_stage=wanted.key_stage)
        if len(buttons) < most and directory().find(other):
            buttons.append((_title(topic, ground), _payload(other, year, 0)))
    return buttons


def _inside(topic: str, ground: Ground) -> str:
    """Return a topic as it reads inside a sentence."""
    told = ground.wording.say("resources.inside").splitlines()
    return dict(zip(TOPICS, told, strict=True))[topic]


def _title(topic: str, ground: Ground) -> str:
    """Return a topic as it reads on a button."""
    told = ground.wording.say("resources.titles").splitlines()
    return dict(zip(TOPICS, told, strict=True))[topic]


def _payload(wanted: Wanted, year: int | None, after: int) -> str:
    carried: dict[str, Any] = {name: value for name, value in asdict(wanted).items() if value}
    if year is not None:
        carried["year"] = year
    if after:
        carried["after"] = after
    return f"/resources{json.dumps({'wanted': carried}, ensure_ascii=False)}"


def _carried(values: Mapping[str, Any]) -> tuple[Wanted, int | None, int]:
    """Return what a button carries: what is wanted, the school year, how many were shown."""
    known = {name: values[name] for name in Wanted.__dataclass_fields__ if name in values}
    topic = known.get("topic")
    if topic is not None and topic not in TOPICS:
        known["topic"] = TOPICS[0]
    year = values.get("year")
    after = values.get("after")
    return (
        Wanted(**known),
        year if isinstance(year, int) else None,
        after if isinstance(after, int) and after > 0 else 0,
    )
