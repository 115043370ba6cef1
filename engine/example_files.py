"""The example questions as they stand in their files, read without Rasa."""

from __future__ import annotations

from pathlib import Path

import frontmatter
import yaml

ANSWERS = Path(__file__).resolve().parent.parent / "knowledge" / "answers"


def of_answers(folder: Path = ANSWERS) -> list[tuple[str, str, str]]:
    """Return (intent, subject, question) for every example question of the answers in `folder`."""
    found = []
    for path in sorted(folder.rglob("*.md")):
        head = frontmatter.loads(path.read_text(encoding="utf-8")).metadata
        subject = path.stem.partition(".")[0]
        found += [(path.parent.name, subject, str(text)) for text in head.get("examples") or ()]
    return found


def texts_of_data(folder: Path) -> list[str]:
    """Return the examples of Rasa's training files in `folder`, in no order that means anything.

    Only the plain ones, a line each: it is Rasa's to read the others, and to say what is wrong.
    """
    found = []
    for path in sorted(folder.rglob("*.yml")):
        with path.open("rb") as stream:
            read = yaml.load(stream, yaml.CSafeLoader)
        for block in read.get("nlu") or ():
            lines = block.get("examples", "").splitlines() if "intent" in block else ()
            found += [line.removeprefix("-").strip() for line in lines]
    return found
