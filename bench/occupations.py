"""Measure job words: load time, look-up time, spans and unit groups on real questions.

    python bench/occupations.py QUESTIONS.csv UNIT_GROUPS.csv [--misses]

QUESTIONS has columns id, text, gold_intent, job_title_surface; UNIT_GROUPS has id and the
acceptable SOC 2020 codes, separated by spaces. The texts are only measured on, never stored.

Job names of our own (`bench/occupations/own_words.csv`: words, codes, plain or misspelt) are
measured too. They were kept back while the word lists were mended; do not mend on them.
"""

from __future__ import annotations

import argparse
import csv
import re
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lmi.occupations import JobTitles

JOB_INTENTS = {"pay", "entry_requirements", "how_to_become", "job_description", "job_outlook"}
REPEATS = 5
OWN_WORDS = Path(__file__).with_suffix("") / "own_words.csv"
FRAMES = (
    "{}",
    "how much does a {} make",
    "i want to be a {}",
    "what qualifications do you need to become a {}?",
)


def bare(words: str) -> str:
    """Lower case, single spaces, without a leading article: what spans are compared by."""
    words = re.sub(r"\s+", " ", words.strip().lower())
    return re.sub(r"^(?:an?|the) ", "", words)


def percentile(values: list[float], share: float) -> float:
    """Give the value below which `share` of the values lie."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def measure_own_words(titles: JobTitles) -> None:
    """Print how often our own job names, alone and in sentences, lead to their unit groups."""
    with OWN_WORDS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for kind in ("plain", "misspelt"):
        asked = first = three = 0
        for row in (row for row in rows if row["kind"] == kind):
            gold = set(row["soc2020"].split())
            for frame in FRAMES:
                jobs = titles.find(frame.format(row["words"]))
                codes = [group.soc2020 for group in jobs[0].unit_groups] if jobs else []
                asked += 1
                first += codes[0] in gold if codes else False
                three += bool(gold & set(codes[:3]))
        print(
            f"own words, {kind:<9} top-1 {first / asked:.3f}, top-3 {three / asked:.3f} of {asked}"
        )


def main() -> None:
    """Run the measurements and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("unit_groups", type=Path)
    parser.add_argument("--misses", action="store_true", help="print what went wrong, by id")
    args = parser.parse_args()

    started = time.perf_counter()
    titles = JobTitles.load()
    print(f"load time           {time.perf_counter() - started:.3f} s")

    with args.questions.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with args.unit_groups.open(encoding="utf-8", newline="") as stream:
        gold = {row["id"]: set(row["soc2020"].split()) for row in csv.DictReader(stream)}

    first = []
    for row in rows:
        started = time.perf_counter()
        titles.find(row["text"])
        first.append(1000 * (time.perf_counter() - started))
    again = []
    for _ in range(REPEATS):
        for row in rows:
            started = time.perf_counter()
            titles.find(row["text"])
            again.append(1000 * (time.perf_counter() - started))
    for name, times in (("first look", first), ("later looks", again)):
        print(
            f"{name:<12}        median {statistics.median(times):.3f} ms,"
            f" p95 {percentile(times, 0.95):.3f} ms"
        )

    for name, kept in (
        ("job intents", [r for r in rows if r["gold_intent"] in JOB_INTENTS]),
        ("all rows", rows),
    ):
        hit = extra = missed = 0
        for row in kept:
            wanted = bare(row["job_title_surface"])
            spans = [bare(job.text) for job in titles.find(row["text"])]
            good = bool(wanted) and wanted in spans
            hit += good
            missed += bool(wanted) and not good
            extra += len(spans) - good
            if args.misses and (len(spans) - good or (wanted and not good)):
                print(f"   {name} {row['id']}: {row['text']!r} wanted {wanted!r} found {spans}")
        precision, recall = hit / max(1, hit + extra), hit / max(1, hit + missed)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        print(
            f"spans, {name:<12} F1 {f1:.3f}, precision {precision:.3f}, recall {recall:.3f}"
            f" ({hit} right, {extra} extra, {missed} missed)"
        )

    top1 = top3 = 0
    for row in rows:
        if row["id"] not in gold:
            continue
        found = [[c.soc2020 for c in job.unit_groups] for job in titles.find(row["text"])]
        best = max(found, key=lambda codes: bool(gold[row["id"]] & set(codes[:3])), default=[])
        top1 += bool(best) and best[0] in gold[row["id"]]
        top3 += bool(gold[row["id"]] & set(best[:3]))
        if args.misses and not (best and best[0] in gold[row["id"]]):
            print(f"   unit group {row['id']}: {row['text']!r} found {best}")
    print(f"unit group top-1    {top1 / len(gold):.3f} of {len(gold)}")
    print(f"unit group top-3    {top3 / len(gold):.3f} of {len(gold)}")
    measure_own_words(titles)


if __name__ == "__main__":
    main()
