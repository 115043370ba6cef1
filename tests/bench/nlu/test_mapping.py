import pytest
import yaml

from bench.nlu.mapping import ELSEWHERE, Mapping
from bot.settings import PROJECT

LABELS_OF_THE_REAL_QUESTIONS = {
    "pay",
    "how_to_become",
    "entry_requirements",
    "job_outlook",
    "job_description",
    "university",
    "student_finance",
    "cv_interview",
    "choose_career",
    "job_search",
    "pay_general",
    "apprenticeship_work_experience",
    "out_of_scope",
}


def test_every_label_has_a_mapping():
    assert set(Mapping.load().right) == LABELS_OF_THE_REAL_QUESTIONS


def test_every_intent_of_the_mapping_is_in_the_domain():
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    intents = {name if isinstance(name, str) else next(iter(name)) for name in domain["intents"]}
    assert {i for right in Mapping.load().right.values() for i in right} <= intents


def test_acceptable_alternatives_add_their_intents():
    mapping = Mapping.load()
    assert mapping.acceptable("job_outlook") == {"outlook", "local_outlook", "job_rankings"}
    assert mapping.acceptable("job_outlook", ["choose_career"]) == {
        "outlook",
        "local_outlook",
        "job_rankings",
        "choose_career",
        "job_ideas",
        "quiz",
    }


def test_both_ways_of_refusing_are_right_out_of_scope():
    assert Mapping.load().acceptable("out_of_scope") == {"out_of_scope", "nlu_fallback"}


def test_an_unknown_label_is_named():
    with pytest.raises(ValueError, match="weather"):
        Mapping.load().acceptable("pay", ["weather"])


def test_an_intent_counts_as_its_label():
    mapping = Mapping.load()
    assert mapping.label_of("skills") == "entry_requirements"
    assert mapping.label_of("greeting") == ELSEWHERE
    assert mapping.label_of(None) == ELSEWHERE


def test_an_intent_under_two_labels_is_refused(tmp_path):
    path = tmp_path / "intents.yml"
    path.write_text("a: {right: [x]}\nb: {right: [y, x]}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="x"):
        Mapping.load(path)


def test_our_own_labels_mean_themselves():
    mapping = Mapping.of_intents(["pay", "out_of_scope", "pay"])
    assert mapping.acceptable("pay") == {"pay"}
    assert mapping.acceptable("out_of_scope") == {"out_of_scope", "nlu_fallback"}
    assert mapping.label_of("nlu_fallback") == "out_of_scope"
