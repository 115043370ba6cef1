import pytest

from bench.measures import Share
from bench.nlu import scores
from bench.nlu.mapping import Mapping
from bench.nlu.questions import Question
from bench.nlu.understanding import Understood, of_signpost, of_stock

MAPPING = Mapping.load()


def asked(label, told, confidence=0.9, *, also=(), jobs=None, found=(), kind="", id_="a"):
    question = Question(id_, "never shown", label, also, jobs, kind)
    understood = Understood(told, ((told, confidence),), found, 0.01)
    return scores.judge([question], [understood], MAPPING)[0]


ASKED = [
    asked("pay", "pay"),
    asked("pay", "pay_general"),
    asked("entry_requirements", "skills"),
    asked("how_to_become", "entry_requirements", also=("entry_requirements",)),
    asked("job_search", "nlu_fallback", 0.2),
    asked("out_of_scope", "out_of_scope", kind="lookalike"),
    asked("out_of_scope", "pay", 0.4, kind="lookalike"),
    asked("out_of_scope", "nlu_fallback", 0.1, kind="random_real_question"),
]


def test_recall_by_label():
    recall = scores.recall_by_label(ASKED)
    assert recall["pay"] == Share(1, 2)
    assert recall["entry_requirements"] == Share(1, 1)
    assert recall["how_to_become"] == Share(1, 1)
    assert recall["out_of_scope"] == Share(2, 3)
    assert next(iter(recall)) == "out_of_scope"


def test_a_refused_question_in_scope_is_wrong():
    assert scores.in_scope_accuracy(ASKED) == Share(3, 5)


def test_false_accepts_by_kind():
    assert scores.false_accepts(ASKED) == {
        "lookalike": Share(1, 2),
        "random_real_question": Share(0, 1),
        "all": Share(1, 3),
    }


def test_macro_f1_takes_alternatives_as_right():
    # pay: 1 right, 1 missed, 1 wrong; job_search: missed; out of scope: 2 right, 1 missed,
    # 1 wrong (the fallback for job_search); the other two are right.
    expected = (1 / 2 + 0 + 2 * 2 / (2 * 2 + 2) + 1 + 1) / 5
    assert scores.f1_over_labels(ASKED, MAPPING) == pytest.approx(expected)


def test_a_threshold_refuses_what_is_less_certain():
    rows = {row.threshold: row for row in scores.sweep(ASKED)}
    assert rows[0.5].caught == Share(3, 3)
    assert rows[0.4].caught == Share(2, 3)
    assert rows[0.95].in_scope == Share(0, 5)


def test_the_sweep_undoes_the_fallback_that_was_set():
    told = Understood("nlu_fallback", (("pay", 0.25), ("hours", 0.2)), (), 0.01)
    judged = scores.judge([Question("a", "", "pay")], [told], MAPPING)
    rows = {row.threshold: row for row in scores.sweep(judged)}
    assert rows[0.25].in_scope == Share(1, 1)
    assert rows[0.3].in_scope == Share(0, 1)


def test_the_threshold_nearest_to_both_aims_is_chosen():
    rows = [
        scores.AtThreshold(0.1, Share(95, 100), Share(70, 100)),
        scores.AtThreshold(0.2, Share(92, 100), Share(85, 100)),
        scores.AtThreshold(0.3, Share(80, 100), Share(100, 100)),
    ]
    assert scores.chosen(rows) == 0.2


def test_of_thresholds_alike_the_better_balanced_is_chosen_then_the_lower():
    rows = [
        scores.AtThreshold(0.1, Share(93, 100), Share(90, 100)),
        scores.AtThreshold(0.2, Share(93, 100), Share(92, 100)),
        scores.AtThreshold(0.3, Share(93, 100), Share(92, 100)),
    ]
    assert scores.chosen(rows) == 0.2


def test_spans_are_counted_where_they_are_marked():
    exact, overlap = scores.job_spans(
        [
            asked("pay", "pay", jobs=("vet",), found=(("vets", ("2240",)),)),
            asked("university", "university", jobs=None, found=(("vet", ("2240",)),)),
            asked("out_of_scope", "pay", jobs=(), found=(("actors", ("3413",)),)),
            asked("pay", "pay", jobs=("dental nurse",), found=(("nurse", ("2237",)),)),
        ]
    )
    assert (exact.right, exact.wrong, exact.missed) == (0, 2, 2)
    assert (overlap.right, overlap.wrong, overlap.missed) == (1, 1, 1)


def test_unit_groups_of_the_questions_that_have_them():
    judged = [
        asked("pay", "pay", found=(("x", ("1", "2", "3", "4")),), id_="a"),
        asked("pay", "pay", found=(("x", ("4", "3")),), id_="b"),
        asked("pay", "pay", id_="c"),
        asked("pay", "pay", id_="unknown"),
    ]
    right = {"a": frozenset("14"), "b": frozenset("3"), "c": frozenset("1")}
    assert scores.unit_groups(judged, right) == {1: Share(1, 3), 3: Share(2, 3)}


def test_confusions_hold_no_text():
    wrong = scores.confusions(ASKED)
    assert [w["told"] for w in wrong] == ["pay_general", "nlu_fallback", "pay"]
    assert "never shown" not in str(wrong)


def test_reads_what_our_engine_gives():
    told = {
        "intent": "nlu_fallback",
        "ranking": [
            {"name": "nlu_fallback", "confidence": 0.7},
            {"name": "hours", "confidence": 0.1},
            {"name": "pay", "confidence": 0.2},
        ],
        "job_words": [{"text": "vet", "unit_groups": [{"soc2020": "2240"}]}],
    }
    assert of_signpost(told, 0.02) == Understood(
        "nlu_fallback", (("pay", 0.2), ("hours", 0.1)), (("vet", ("2240",)),), 0.02
    )


def test_reads_what_stock_rasa_gives():
    told = {
        "intent": {"name": "pay", "confidence": 0.8},
        "intent_ranking": [{"name": "pay", "confidence": 0.8}],
        "entities": [],
    }
    assert of_stock(told, 0.02) == Understood("pay", (("pay", 0.8),), (), 0.02)
