"""`python -m bot.channels.web.catalogues`: bring the catalogues in line with what is said.

It collects every sentence of the interface, adds the new ones to each catalogue, and takes out
those that are said no more. What is translated stays. English is filled in; edit it there to word a
sentence otherwise. It also writes the words of the button into signpost.js, which loads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson
import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from bot.channels.web.problems import SENTENCES
from bot.channels.web.tongues import DOMAIN, ENGLISH, LOCALE, STRINGS, WIDGET, Tongues, catalogue
from bot.channels.web.transcript_text import WORDS

PAGES = (WIDGET / "templates" / "chat.html", WIDGET / "templates" / "parts.html")
LAUNCHER = WIDGET / "static" / "signpost.js"
ON_THE_BUTTON = ("launcher", "region", "failed")

_BLOCK = re.compile(r"(?<=    // made by `make messages`\n).*?(?=    // to here\n)", re.DOTALL)
_ROOT = WIDGET.parents[1]
_KEYWORDS = {"_": None}

Sentence = str | tuple[str, str]
"""A sentence, or (for one, for more)."""


def sentences() -> Iterator[tuple[Sentence, Path]]:
    """Yield every sentence of the interface in English, and the file that it is from."""
    for words in yaml.safe_load(STRINGS.read_text(encoding="utf-8")).values():
        yield (words["one"], words["other"]) if isinstance(words, dict) else words, STRINGS
    for page in PAGES:
        for _, sentence, _, _ in extract_from_file("jinja2.ext:babel_extract", page, _KEYWORDS):
            yield str(sentence), page
    for problem in yaml.safe_load(SENTENCES.read_text(encoding="utf-8")).values():
        if problem["detail"]:
            yield problem["detail"], SENTENCES
    for words in yaml.safe_load(WORDS.read_text(encoding="utf-8")).values():
        yield words, WORDS


def template() -> Catalog:
    """Return a catalogue of every sentence, none translated."""
    found = Catalog(domain=DOMAIN, charset="utf-8")
    for sentence, path in sentences():
        found.add(sentence, locations=[(str(path.relative_to(_ROOT)), 0)])
    return found


def read(code: str, folder: Path = LOCALE) -> Catalog:
    """Return the catalogue of a language as it stands in its file."""
    with catalogue(code, folder).open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


def updated(code: str, folder: Path = LOCALE) -> Catalog:
    """Return the catalogue of a language, brought in line; English has no gaps."""
    found = read(code, folder)
    revised = found.revision_date
    # No guessing: a translation of another sentence is worse than none.
    found.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    found.obsolete.clear()
    found.revision_date = revised if isinstance(revised, datetime) else datetime.now(UTC)
    if code == ENGLISH:
        for message in found:
            if message.id and not _translated(message.string):
                message.string = message.id
    return found


def launcher_words(tongues: Tongues) -> str:
    """Return the lines of signpost.js with the words that it needs before it may load any."""
    lines = []
    for code, tongue in tongues.items():
        strings = tongue.strings()
        lines.append(f"    {code}: {{")
        for name in ON_THE_BUTTON:
            lines.append(f"      {name}: {orjson.dumps(strings[name]).decode()},")
        lines.append("    },")
    return "\n".join(lines) + "\n"


def with_words(script: str, words: str) -> str:
    """Return signpost.js with the words of the button in their place."""
    changed, places = _BLOCK.subn(lambda _: words, script)
    if places != 1:
        raise ValueError(f"{LAUNCHER.name} has no place for the words of the button")
    return changed


@click.command()
def main() -> None:
    """Bring bot/widget/locale and the words of the button in line with what is said."""
    for code in Tongues.load():
        found = updated(code)
        with catalogue(code).open("wb") as file:
            write_po(file, found, width=100, include_lineno=False, sort_by_file=False)
        missing = sum(1 for message in found if message.id and not _translated(message.string))
        click.echo(f"{code}: {len(found)} sentences, {missing} to translate")
    script = LAUNCHER.read_text(encoding="utf-8")
    LAUNCHER.write_text(with_words(script, launcher_words(Tongues.load())), encoding="utf-8")


def _translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    main()
