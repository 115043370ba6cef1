import json

from bench.nlu import report, scores
from bench.nlu.__main__ import chosen_files
from bench.nlu.mapping import Mapping
from bench.nlu.questions import HELD_OUT, Question
from bench.nlu.report import Engine
from bench.nlu.understanding import Understood, of_signpost
from bench.wire import Connection

ENGINE = Engine(Connection("http://127.0.0.1:9"), "/parse", of_signpost, knows_jobs=True)
SECRET = "what a person typed"


def asked():
    questions = [
        Question("q1", SECRET, "pay", (), ("vet",)),
        Question("q2", SECRET, "job_search", ("choose_career",)),
        Question("q3", SECRET, "out_of_scope", (), None, "lookalike"),
    ]
    told = [
        Understood("pay", (("pay", 0.9),), (("vets", ("2240",)),), 0.005),
        Understood("pay", (("pay", 0.6),), (), 0.007),
        Understood("pay", (("pay", 0.5),), (), 0.009),
    ]
    return scores.judge(questions, told, Mapping.load())


def test_no_text_of_a_question_is_printed_or_kept(capsys):
    figures = report.figures(asked(), ENGINE)
    report.tell("dev", figures, asked(), every=True)
    report.tell_sweep({"dev": scores.sweep(asked())}, "held_out")
    printed = capsys.readouterr().out
    assert SECRET not in printed + json.dumps(figures)
    assert "q2: job_search -> pay 0.6" in printed
    assert "q3: out_of_scope (lookalike) -> pay 0.5" in printed
    assert "lookalike        1.000" in printed


def test_the_figures_of_a_file():
    figures = report.figures(asked(), ENGINE)
    assert figures["in_scope_accuracy"]["value"] == 0.5
    assert figures["false_accepts"]["all"]["value"] == 1.0
    assert figures["job_words"]["exact"]["f1"] == 0.0
    assert figures["parse_ms"]["p50"] == 7.0


def test_the_threshold_is_chosen_on_one_file_only(capsys):
    swept = {"held_out": scores.sweep(asked()), "dev": scores.sweep(asked()[:2])}
    assert report.tell_sweep(swept, "held_out") == 0.55
    assert "0.55 <" in capsys.readouterr().out
    assert report.tell_sweep({"dev": swept["dev"]}, "held_out") is None


def test_without_the_real_questions_it_says_so(tmp_path, capsys):
    assert chosen_files(tmp_path / "dev.csv") == {"held_out": HELD_OUT}
    assert "dev.csv" in capsys.readouterr().out
