"""Personal codes on slips of paper, with which a pupil signs in. Only keyed hashes are kept."""

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from bot.records.sealing import Sealing
from bot.records.sign_in import add_codes, delete_sessions, revoke_codes, use_code

ALPHABET = "234679CDFHJKMNPRTWXY"
"""No two look alike on paper or by hand (0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V), and no vowel, so that
no code spells a word."""
LENGTH = 10
"""20 to the power of 10 is about 43 bits: out of reach of a few hundred tries an hour."""
GROUP = 5
_PURPOSE = "code"
_BETWEEN = frozenset(" -\t.,_'\"‐‑‒–—−\u00a0\u200b")
"""What people and their keyboards put between the characters of a code, or around it."""


def new_code() -> str:
    """A random code as it is shown: XXXXX-XXXXX."""
    return shown("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def shown(code: str) -> str:
    """The ten characters of a code in two groups."""
    return f"{code[:GROUP]}-{code[GROUP:]}"


def as_issued(typed: str) -> str | None:
    """The ten characters that were meant, or None for what can be no code."""
    if len(typed) > 200:
        return None
    plain = unicodedata.normalize("NFKC", typed).upper()
    code = "".join(character for character in plain if character not in _BETWEEN)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def issue_codes(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_ids: Iterable[str],
    now: datetime,
) -> dict[str, str]:
    """Give each pupil a new code; {pupil_id: code as shown}. This is the only time it is known.

    Older codes of these pupils stop working, and whoever signed in with one is signed out: a new
    slip is asked for when somebody else has the old one. Raises IntegrityError for a pupil who is
    not of the school.
    """
    codes = {pupil_id: new_code() for pupil_id in pupil_ids}
    revoke_codes(connection, school_id, codes, now)
    delete_sessions(connection, school_id, codes, way="code")
    keys = {pupil_id: _key(sealing, code.replace("-", "")) for pupil_id, code in codes.items()}
    add_codes(connection, school_id, keys, now)
    return codes


def spend_code(
    connection: Connection, sealing: Sealing, school_id: int, typed: str, now: datetime
) -> str | None:
    """The id of the pupil whose code was typed, or None; a code may be used many times."""
    code = as_issued(typed)
    return None if code is None else use_code(connection, school_id, _key(sealing, code), now)


def _key(sealing: Sealing, code: str) -> str:
    return sealing.lookup(_PURPOSE, code)
