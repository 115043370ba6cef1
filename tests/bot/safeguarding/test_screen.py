import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safeguarding.patterns import BadPatterns
from bot.safeguarding.screen import FOLDER, Screen

SCREEN = Screen.load()


@pytest.mark.parametrize(
    "text",
    [
        "i want to die",
        "I WANT TO DIE!!!",
        "sometimes i just wanna die tbh",
        "i dont want to be here anymore",
        "I don’t want to live",
        "im gonna kill myself",
        "i keep   cutting\nmyself",
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
        "i w\u200bant to d\u00adie",
        "someone is hurting me at home",
        "my dad hits me",
        "my mum always hurts me when shes angry",
        "what does a vet earn. also i want to kill myself",
        "my friend is suicidal",
        "he touched me",
        "im scared to go home",
        "i'm being abused",
        "i hate my life",
        "I don't want to be here any more",
        "my mate is being hurt at home",
        "i want to disappear",
        "nobody would miss me",
        "no one would miss me if i left",
        "i cant go on",
        "i can't go on like this",
        "I cannot go on to be honest",
        "hes hitting me",
        "my dad is hitting me",
        "my stepdad keeps hitting me",
        "i dont feel safe at home",
        "i do not feel safe",
        "my friend's dad hits her",
        "i feel like giving up on life",
        "i want to work with children but i hate my life",
        "dont want to live",
        "scared to go home",
        "suicidal",
        "cutting myself",
    ],
)
def test_hears_a_cry_for_help(text: str):
    assert SCREEN.check(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "what does a vet earn",
        "i want to work with children being abused",
        "how do i get into helping people who self harm",
        "i want to be a nurse working with suicidal teenagers",
        "what if i hurt myself at work as a builder",
        "can i be a chef without hurting myself",
        "i would kill for that job",
        "do undertakers see people who died",
        "this job is killing me with boredom",
        "i want to diet",
        "i want to work with abused children",
        "i want to help children who are being hurt at home",
        "do social workers help kids being abused",
        "what does a teacher do if a child is being hurt at home",
        "i want to support women who dont feel safe at home",
        "would i hate my life as a lawyer",
        "i hate my life choices lol which a levels should i do",
        "i cant go on the school trip can i still do geography",
        "i cant go on work experience that week",
        "if i fail maths i cant go on to uni",
        "i cant go on stage but i want to act",
        "will my job disappear because of ai",
        "i dont want to be a nurse anymore",
        "i feel like giving up on school",
        "im so stressed about my exams",
        "how do i stop people feeling suicidal as a job",
        "how many kms does a lorry driver do",
        "",
        "/",
    ],
)
def test_leaves_careers_talk_alone(text: str):
    assert SCREEN.check(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "please help im being abused",
        "please help my mate is being hurt",
        "call the police im being abused",
        "how do i stop feeling suicidal",
        "i feel like i might hurt myself tonight",
        "how can i hurt myself",
        "help im suicidal",
    ],
)
def test_careers_talk_does_not_hide_a_cry(text: str):
    assert SCREEN.check(text) is not None


def test_says_by_what_it_was_heard_and_keeps_no_word():
    concern = SCREEN.check("my mate wants to die because of maths")
    assert concern is not None
    assert "maths" not in repr(concern)
    assert (concern.category, concern.severity) == ("suicidal_thoughts", "high")
    assert concern.topic == concern.category
    assert concern.third_party is True
    assert concern.why.startswith("suicidal_thoughts.")


def test_the_gravest_of_several_sentences_counts():
    concern = SCREEN.check(
        "i hate going to school. my dad hits me. im going to kill myself tonight"
    )
    assert concern is not None
    assert (concern.category, concern.severity) == ("suicidal_thoughts", "immediate")


@pytest.mark.parametrize(
    ("text", "severity"),
    [("my dad hits me", "high"), ("my dad hits me, hes here rn", "immediate")],
)
def test_what_happens_now_is_graver(text: str, severity: str):
    concern = SCREEN.check(text)
    assert concern is not None
    assert concern.severity == severity


@given(st.text())
def test_reads_anything(text: str):
    SCREEN.check(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_stands_around_it(before: str, after: str):
    assert SCREEN.check(f"{before}\n. i want to die . \n{after}") is not None


SAID = (
    "my dad hits me",
    "i cant go on like this",
    "my friend is suicidal",
    "what does a vet earn",
    "i want to work with abused children",
    "s3lf h4rm is all i think about",
)


@given(st.sampled_from(SAID), st.data())
def test_harmless_characters_change_nothing(text: str, data: st.DataObject):
    plain = SCREEN.check(text)
    dressed = ""
    for c in text:
        dressed += c.upper() if data.draw(st.booleans()) else c
        if c == " ":
            dressed += " " * data.draw(st.integers(0, 2))
        dressed += data.draw(st.sampled_from(["", "", "\u200b", "\u200d", "\u00ad", "\ufe0f"]))
    dressed += data.draw(st.sampled_from(["", " 🙂", "😂😂", " 😢", "!!!", " 👍🏽"]))
    assert SCREEN.check(dressed) == plain


@pytest.mark.parametrize("name", ["wording.yml", "people.yml", "only_sounds_like.yml"])
@pytest.mark.parametrize("content", [None, "", "- a", "a: ["])
def test_says_which_file_is_wrong(tmp_path: Path, name: str, content: str | None):
    folder = tmp_path / "safeguarding"
    shutil.copytree(FOLDER, folder)
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_text(content)
    with pytest.raises(BadPatterns, match=name.replace(".", r"\.")):
        Screen.load(folder)


@pytest.mark.parametrize(
    ("line", "severity"),
    [("{nobody_knows_this} hits me", "high"), ("...", "high"), ("hits me", "awful")],
)
def test_refuses_a_pattern_that_cannot_be_meant(tmp_path: Path, line: str, severity: str):
    folder = tmp_path / "safeguarding"
    shutil.copytree(FOLDER, folder)
    (folder / "patterns" / "zz.yml").write_text(
        f"category: x\npatterns: [{{id: a, severity: {severity}, say: ['{line}']}}]"
    )
    with pytest.raises(BadPatterns):
        Screen.load(folder)
