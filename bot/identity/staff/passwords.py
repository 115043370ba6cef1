"""Passwords of staff: which are taken, and how they are kept (argon2id)."""

import asyncio
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

LEAST = 12
MOST = 128
STRONG = 3
"""The least score of zxcvbn (0 to 4): more than a hundred million guesses."""
AT_ONCE = 2
"""Hashes worked out at the same time: each takes 64 MiB and a processor."""
_WEIGHED = 72
"""Characters that are weighed: weighing takes long for a long text, and the rest adds nothing."""
_NAME_PART = 4
"""Letters from which a part of a name is looked for: shorter ones are in many words."""
_HERE = Path(__file__).parent
_SERVICE = "signpost"
_AS_LETTERS = str.maketrans("0134578@$!", "oieastbasi")
_NOT_WORDS = re.compile(r"[\W_]+")
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")


class PasswordRefused(Exception):
    """The password is not taken; `why` is a name in passwords.yml. It carries no password."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def says(self) -> str:
        """The sentence for its owner."""
        return _sentences()[self.why].format(least=LEAST, most=MOST)


def check_new(password: str, own: Iterable[str] = ()) -> None:
    """Refuse what could be guessed; `own` are the owner's name and e-mail, the school's name.

    Raises PasswordRefused.
    """
    plain = _as_kept(password)
    if len(plain) < LEAST:
        raise PasswordRefused("too_short")
    if len(plain) > MOST:
        raise PasswordRefused("too_long")
    forms = _forms(plain)
    if forms & _common():
        raise PasswordRefused("common")
    names = _names([*own, _SERVICE])
    if any(name in form for form in forms for name in names):
        raise PasswordRefused("own")
    if zxcvbn(plain[:_WEIGHED], user_inputs=sorted(names))["score"] < STRONG:
        raise PasswordRefused("easy")


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a password was right, and the hash to keep instead where the old one is weaker."""

    right: bool
    renewed: str | None = None


class Passwords:
    """Makes and checks hashes, a few at a time and never on the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._at_once = asyncio.Semaphore(AT_ONCE)
        # What is checked for somebody who has no password: it takes as long.
        self._nobodys = self._hasher.hash("")

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        async with self._at_once:
            return await asyncio.to_thread(self._hasher.hash, _as_kept(password))

    async def check(self, password: str, kept: str | None) -> Checked:
        """Whether it is the password of the hash; without one (None) never, after as long."""
        if len(password) > 4 * MOST:
            password = ""
        async with self._at_once:
            return await asyncio.to_thread(self._check, _as_kept(password), kept)

    def _check(self, password: str, kept: str | None) -> Checked:
        try:
            self._hasher.verify(self._nobodys if kept is None else kept, password)
        except (VerificationError, InvalidHashError):
            return Checked(False)
        if kept is None:
            return Checked(False)
        renewed = self._hasher.hash(password) if self._hasher.check_needs_rehash(kept) else None
        return Checked(True, renewed)


def _as_kept(password: str) -> str:
    """The password however its accents were typed; half a surrogate pair is no character."""
    whole = password.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFKC", whole)


def _forms(text: str) -> set[str]:
    """The text without case, accents and signs; with digits for letters too, and without ends."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in apart if not unicodedata.combining(one))
    spelt = (bare, bare.translate(_AS_LETTERS), _ENDS.sub("", bare).translate(_AS_LETTERS))
    found = {_NOT_WORDS.sub("", one) for one in spelt}
    return found | {_ENDS.sub("", one) for one in found}


def _names(own: Iterable[str]) -> set[str]:
    """What of names and addresses may not stand in a password."""
    ordinary = _ordinary()
    found = set()
    for one in own:
        words = [word for word in re.split(r"[\W_\d]+", one.casefold()) if word]
        found |= {word for word in words if len(word) >= _NAME_PART and word not in ordinary}
        together = "".join(words)
        if len(together) >= _NAME_PART:
            found.add(together)
    return found


@functools.cache
def _sentences() -> Mapping[str, str]:
    found = yaml.safe_load((_HERE / "passwords.yml").read_text(encoding="utf-8"))
    return MappingProxyType(found)


@functools.cache
def _common() -> frozenset[str]:
    return frozenset(_lines("common_passwords.txt"))


@functools.cache
def _ordinary() -> frozenset[str]:
    return frozenset(_lines("ordinary_words.txt"))


def _lines(name: str) -> list[str]:
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
