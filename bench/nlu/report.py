"""Measures understanding on files of questions and tells the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.nlu import questions as files
from bench.nlu import scores
from bench.nlu.mapping import Mapping
from bench.nlu.understanding import Reader, understand
from bench.results import table
from bench.wire import Connection


@dataclass(frozen=True)
class Engine:
    """Where and how an engine is asked."""

    connection: Connection
    path: str
    reader: Reader
    knows_jobs: bool


async def measured(engine: Engine, path: Path) -> list[scores.Asked]:
    """Ask the engine all questions of a file."""
    questions = files.read(path)
    mapping = mapping_for(questions)
    told = await understand(engine.connection, engine.path, engine.reader, questions)
    return scores.judge(questions, told, mapping)


def mapping_for(questions: Sequence[files.Question]) -> Mapping:
    """Return the reviewed mapping, or the plain one for questions labelled with our intents."""
    mapping = Mapping.load()
    if files.labelled_with_our_intents(list(questions), set(mapping.right)):
        return Mapping.of_intents(question.label for question in questions)
    return mapping


def figures(asked: Sequence[scores.Asked], engine: Engine) -> dict[str, Any]:
    """Return all figures of one file as plain data; questions appear by id alone."""
    mapping = mapping_for([a.question for a in asked])
    exact, overlap = scores.job_spans(asked)
    told: dict[str, Any] = {
        "questions": len(asked),
        "in_scope_accuracy": scores.in_scope_accuracy(asked).as_dict(),
        "macro_f1": scores.f1_over_labels(asked, mapping),
        "recall": {k: v.as_dict() for k, v in scores.recall_by_label(asked).items()},
        "false_accepts": {k: v.as_dict() for k, v in scores.false_accepts(asked).items()},
        "parse_ms": asdict(scores.parse_times(asked)),
        "sweep": [
            {
                "threshold": row.threshold,
                "in_scope": row.in_scope.value,
                "caught": row.caught.value,
            }
            for row in scores.sweep(asked)
        ],
        "confusions": scores.confusions(asked),
    }
    if engine.knows_jobs:
        told["job_words"] = {"exact": exact.as_dict(), "overlap": overlap.as_dict()}
        if files.UNIT_GROUPS.exists():
            groups = scores.unit_groups(asked, files.read_unit_groups(files.UNIT_GROUPS))
            if groups[1].of:
                told["unit_groups"] = {f"top_{n}": s.as_dict() for n, s in groups.items()}
    return told


def tell(name: str, told: dict[str, Any], asked: Sequence[scores.Asked], every: bool) -> None:
    """Print the figures of one file; with `every`, each question that went wrong by its id."""
    print(f"== {name}: {told['questions']} questions ==\n")
    for label, share in scores.recall_by_label(asked).items():
        print(f"  recall {label:<32} {share}")
    print(f"\n  in-scope accuracy  {scores.in_scope_accuracy(asked)}   (aim {scores.AIM_IN_SCOPE})")
    print(f"  macro F1           {told['macro_f1']:.3f}")
    print(f"\n  out of scope but answered (aim: at most {1 - scores.AIM_CAUGHT:.2f} of all)")
    for kind, share in scores.false_accepts(asked).items():
        print(f"    {kind:<16} {share}")
    if "job_words" in told:
        exact, overlap = told["job_words"]["exact"], told["job_words"]["overlap"]
        print(f"\n  job words, exact   F1 {_f1(exact)}   (aim 0.92)")
        print(f"  job words, overlap F1 {_f1(overlap)}")
    if "unit_groups" in told:
        groups = scores.unit_groups(asked, files.read_unit_groups(files.UNIT_GROUPS))
        print(f"\n  unit group top-1   {groups[1]}")
        print(f"  unit group top-3   {groups[3]}   (aim 0.95)")
    times = told["parse_ms"]
    print(f"\n  parse time         median {times['p50']:.1f} ms, p95 {times['p95']:.1f} ms", end="")
    print(", over HTTP on this machine   (aim p95 20 ms)\n")
    tell_confusions(told["confusions"], every)


def tell_confusions(wrong: Sequence[dict[str, Any]], every: bool) -> None:
    """Print what was taken for what, most frequent first."""
    pairs = Counter((w["label"], w["told"] or "nothing") for w in wrong)
    print("  taken for something else")
    for (label, intent), count in pairs.most_common():
        print(f"    {count:>3}  {label} -> {intent}")
    if every:
        print("  one by one")
        for w in wrong:
            kind = f" ({w['kind']})" if w["kind"] else ""
            print(f"    {w['id']}: {w['label']}{kind} -> {w['told']} {w['confidence']}")
    print(flush=True)


def tell_sweep(swept: dict[str, list[scores.AtThreshold]], choose_on: str) -> float | None:
    """Print what each threshold gives on each file; return the one chosen on `choose_on`.

    Chosen there and reported elsewhere, the figures of the other files stay honest.
    """
    names = list(swept)
    head = ["threshold"] + [f"{n}: {what}" for n in names for what in ("in scope", "caught")]
    best = scores.chosen(swept[choose_on]) if choose_on in swept else None
    rows = []
    for i, threshold in enumerate(scores.THRESHOLDS):
        mark = " <" if threshold == best else ""
        row: list[Any] = [f"{threshold:.2f}{mark}"]
        for name in names:
            row += [f"{swept[name][i].in_scope.value:.3f}", f"{swept[name][i].caught.value:.3f}"]
        rows.append(row)
    print("Fallback threshold: accuracy in scope, and share of out of scope caught")
    print(table(head, rows))
    if best is not None:
        print(f"  < chosen on {choose_on}: closest to both aims together\n")
    return best


def _f1(matches: dict[str, float]) -> str:
    return (
        f"{matches['f1']:.3f}  (precision {matches['precision']:.3f}, "
        f"recall {matches['recall']:.3f}; {matches['right']:.0f} right, "
        f"{matches['wrong']:.0f} wrong, {matches['missed']:.0f} missed)"
    )
