import pytest

from bench.nlu import questions
from bench.nlu.mapping import Mapping
from bench.nlu.questions import Question


def test_reads_real_questions(tmp_path):
    path = tmp_path / "real.csv"
    path.write_text(
        "id,text,gold_intent,also_acceptable,job_title_surface,oos_kind\n"
        "a1,one,pay,,a vet|nurses,\n"
        "a2,two,job_outlook,choose_career|job_search,,\n"
        "a3,three,out_of_scope,,,lookalike\n"
        "a4,four,university,,,\n",
        encoding="utf-8-sig",
    )
    assert questions.read(path) == [
        Question("a1", "one", "pay", (), ("a vet", "nurses")),
        Question("a2", "two", "job_outlook", ("choose_career", "job_search"), ()),
        Question("a3", "three", "out_of_scope", (), None, "lookalike"),
        Question("a4", "four", "university", (), None),
    ]


def test_reads_our_own(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text("text,intent,jobs\none,pay_gap,vet|vet\ntwo,out_of_scope,\n", encoding="utf-8")
    read = questions.read(path)
    assert [q.id for q in read] == ["line 2", "line 3"]
    assert read[0].jobs == ("vet", "vet")
    assert [q.in_scope for q in read] == [True, False]


def test_another_file_says_what_was_expected(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(questions.WrongFile, match="expected id, text, gold_intent or text, intent"):
        questions.read(path)


def test_the_held_out_questions_are_labelled_with_our_intents():
    read = questions.read(questions.HELD_OUT)
    assert questions.labelled_with_our_intents(read, set(Mapping.load().right))


def test_the_real_questions_are_covered_by_the_mapping():
    if not questions.REAL.exists():
        pytest.skip("../shared/data/real-questions/dev.csv is not on this machine")
    mapping = Mapping.load()
    read = questions.read(questions.REAL)
    assert not questions.labelled_with_our_intents(read, set(mapping.right))
    assert all(mapping.acceptable(q.label, q.also) for q in read)


def test_unit_groups_name_several_codes(tmp_path):
    path = tmp_path / "groups.csv"
    path.write_text("id,soc2020\na1,2461\na2,2259 3213\n", encoding="utf-8")
    assert questions.read_unit_groups(path) == {
        "a1": frozenset({"2461"}),
        "a2": frozenset({"2259", "3213"}),
    }
