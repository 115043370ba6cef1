"""The languages of the interface: its words come from gettext catalogues. Answers are English.

The catalogues are text, `bot/widget/locale/*/LC_MESSAGES/signpost.po`; they are compiled in memory
when the application starts, which takes milliseconds.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import yaml
from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import HTTPConnection

WIDGET = Path(__file__).resolve().parents[2] / "widget"
LOCALE = WIDGET / "locale"
STRINGS = WIDGET / "strings.yml"
DOMAIN = "signpost"

ENGLISH = "en"
TAGS = {ENGLISH: "en-GB"}
"""What stands in a `lang` attribute, where it is more than the language's code."""

_SAMPLES = range(200)
"""Numbers among which each plural category of a language occurs."""


@dataclass(frozen=True)
class Tongue:
    """One language of the interface: `code` as in an address, `tag` as in a `lang` attribute."""

    code: str
    tag: str
    name: str
    words: gettext.NullTranslations = field(repr=False)

    def say(self, sentence: str, **values: object) -> str:
        """Return the English `sentence` in this language, its places filled with `values`."""
        said = self.words.gettext(sentence)
        return said.format(**values) if values else said

    def plural(self, one: str, other: str) -> dict[str, str]:
        """Return the sentence by plural category ("one", "two" …), as browsers tell numbers apart.

        A category that is said like "other" is left out.
        """
        categories: dict[str, str] = {}
        rule = Locale.parse(self.code).plural_form
        for n in _SAMPLES:
            categories.setdefault(rule(n), self.words.ngettext(one, other, n))
        most = categories["other"]
        return {name: said for name, said in categories.items() if name == "other" or said != most}

    def strings(self) -> dict[str, Any]:
        """Return the widget's words by name; one said with a number is {category: sentence}."""
        return {"lang": self.tag} | {
            name: self.plural(**words) if isinstance(words, dict) else self.say(words)
            for name, words in widget_words().items()
        }


class Tongues(Mapping[str, Tongue]):
    """The languages of the interface by code; English first."""

    def __init__(self, found: Mapping[str, Tongue]) -> None:
        self._found = dict(found)

    @classmethod
    def load(cls, folder: Path = LOCALE) -> Tongues:
        """Read a catalogue for each folder of `folder`. Raises OSError where one is missing."""
        codes = sorted(
            (path.name for path in folder.iterdir() if path.is_dir()), key=_english_first
        )
        return cls({code: _tongue(code, folder) for code in codes})

    def __getitem__(self, code: str) -> Tongue:
        return self._found[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def files(self) -> dict[str, bytes]:
        """Return the widget's words as files by name: strings.en.json …"""
        return {f"strings.{code}.json": orjson.dumps(self[code].strings()) for code in self}

    def named(self, tag: str | None) -> Tongue | None:
        """Return the language for a tag such as "cy" or "cy-GB", or None."""
        return self._found.get((tag or "").strip().lower().partition("-")[0])

    def of(self, request: HTTPConnection) -> Tongue:
        """Return the language that the address asks for, else the one the browser likes best."""
        chosen = self.named(request.query_params.get("lang"))
        return chosen or self.liked(request.headers.get("accept-language", ""))

    def liked(self, header: str) -> Tongue:
        """Return the language that an Accept-Language header puts first; English where none is."""
        ranked = [
            (-_weight(part), position, part.partition(";")[0])
            for position, part in enumerate(header.split(","))
        ]
        for negative, _, tag in sorted(ranked):
            found = self.named(tag)
            if found is not None and negative < 0:
                return found
        return self[ENGLISH]


def widget_words() -> dict[str, str | dict[str, str]]:
    """Return the widget's words in English by name: a sentence, or {one, other}."""
    found: dict[str, str | dict[str, str]] = yaml.safe_load(STRINGS.read_text(encoding="utf-8"))
    return found


def catalogue(code: str, folder: Path = LOCALE) -> Path:
    """Return where the catalogue of a language is."""
    return folder / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def _tongue(code: str, folder: Path) -> Tongue:
    compiled = io.BytesIO()
    with catalogue(code, folder).open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    name = Locale.parse(code).get_display_name(code) or code
    return Tongue(code, TAGS.get(code, code), name, gettext.GNUTranslations(compiled))


def _english_first(code: str) -> tuple[bool, str]:
    return code != ENGLISH, code


def _weight(part: str) -> float:
    """Return the quality of one part of an Accept-Language header, from 0 to 1."""
    _, _, quality = part.partition(";q=")
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
