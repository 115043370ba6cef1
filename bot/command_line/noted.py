"""What a command does, with a row of the audit in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from bot.records.audit.actors import Actor, at_the_keyboard
from bot.records.audit.log import append
from bot.records.sealing import Sealing

P = ParamSpec("P")
R = TypeVar("R")


def noted(
    work: Callable[Concatenate[Connection, P], R],
    sealing: Sealing,
    school_id: int,
    action: str,
    object_kind: str,
    object_id: str | None = None,
    *,
    after: Mapping[str, Any] | Callable[[R], Mapping[str, Any]] | None = None,
    pupil_of: Callable[[R], str] | None = None,
    when: Callable[[R], object] | None = None,
    actor: Actor | None = None,
) -> Callable[Concatenate[Connection, P], R]:
    """`work`, and once it has been done the audit of it: who did what at this keyboard.

    `after` says what is so from now on, worked out from what `work` gave if need be; so is the
    pupil whom it was about. With `when`, only where that says of what `work` gave that something
    was done. Both are written or neither.
    """
    who = actor or at_the_keyboard()

    def both(connection: Connection, /, *args: P.args, **kwargs: P.kwargs) -> R:
        found = work(connection, *args, **kwargs)
        if when is not None and not when(found):
            return found
        append(
            connection,
            sealing,
            school_id,
            actor=who,
            action=action,
            object_kind=object_kind,
            object_id=object_id if pupil_of is None else pupil_of(found),
            now=dt.datetime.now(dt.timezone.utc),
            after=after(found) if callable(after) else after,
        )
        return found

    return both
