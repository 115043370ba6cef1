"""Other languages are told, and careers English is never taken for one of them."""

from __future__ import annotations

import csv
import re
import statistics
import time
import unicodedata
from pathlib import Path

import pytest
import yaml

from knowledge import languages
from knowledge.content import BadContent
from knowledge.languages import FILE, Languages, detect

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Languages.load()
TEN = ("ur", "pl", "pa", "ro", "bn", "ar", "pt", "gu", "so", "es")
"""The commonest in English schools after English."""
SPOKEN = re.compile(r"\[([^\]]*)\][({][^)}]*[)}]")
SLOWEST_MS = 2.0

SAID = {
    "ur": ["میں ڈاکٹر بننا چاہتا ہوں", "نرس کی تنخواہ کتنی ہے", "nurse کی تنخواہ کتنی ہے"],
    "pl": [
        "jak zostać lekarzem",
        "chce zostac lekarzem",
        "ile zarabia pielęgniarka",
        "Moja córka chce iść na studia",
        "nie wiem co mam robić po szkole",
        "dzień dobry, mój syn szuka pracy",
        "co to jest apprenticeship",
        "kim mogę być jak lubię zwierzęta",
    ],
    "pa": ["ਮੈਂ ਡਾਕਟਰ ਬਣਨਾ ਚਾਹੁੰਦਾ ਹਾਂ"],
    "ro": [
        "vreau să devin medic",
        "cat castiga o asistenta medicala",
        "bună ziua, fiica mea vrea să fie avocat",
        "ce pot face dupa scoala",
        "nu vorbesc engleza",
    ],
    "bn": ["আমি ডাক্তার হতে চাই"],
    "ar": ["أريد أن أصبح طبيبا", "كم راتب الممرضة", "مرحبا"],
    "pt": [
        "quero ser médico",
        "quanto ganha um enfermeiro",
        "o meu filho quer ir para a universidade",
        "não sei o que fazer depois da escola",
        "preciso falar com alguem",
    ],
    "gu": ["મારે ડૉક્ટર બનવું છે"],
    "so": [
        "waxaan rabaa inaan noqdo dhakhtar",
        "sidee baan ku noqon karaa kalkaaliye caafimaad",
        "waa maxay apprenticeship",
        "ma hadlo ingiriisi",
    ],
    "es": [
        "quiero ser médico",
        "cuanto gana una enfermera",
        "mi hijo quiere ir a la universidad",
        "no sé qué hacer después de la escuela",
        "necesito hablar con alguien",
    ],
    "uk": ["я хочу стати лікарем", "скільки заробляє медсестра"],
    "ta": ["நான் மருத்துவர் ஆக விரும்புகிறேன்"],
    "fr": ["je veux devenir médecin", "combien gagne une infirmière", "je ne parle pas anglais"],
    "tr": ["doktor olmak istiyorum", "hemşire ne kadar kazanır", "yardıma ihtiyacım var"],
    "lt": ["noriu būti gydytoju", "kiek uždirba slaugytoja", "mano sūnus nori studijuoti"],
}

NOT_TOLD = [
    # English, with words of other languages, and names
    "burrito chef",
    "sous chef pay",
    "pain au chocolat baker",
    "maitre d hotel wages",
    "par excellence",
    "que sera sera",
    "el capitan",
    "José María García Núñez",
    "Łukasz Wiśniewski, Zoë Dvořák",
    "is a barista at a café paid much",
    "can i do la la land acting",
    "y do i need gcse maths",
    "wot r da best jobs",
    "wat is a btec an do i need 1",
    "i dnt no wot 2 do wiv my lyf",
    "my dad is a señor manager",
    "mi son is yr 11 wat nxt",
    "CV",
    "como",
    "",
    "?!",
    "🩺",
    "12345",
    # English besides: that is answered
    "dzień dobry, what does a nurse earn",
    "hola, how much does a vet earn",
    "السلام عليكم i want to be a nurse",
    "what does ڈاکٹر mean",
    "merci beaucoup, and what about vets?",
    # languages that have no sentence here
    "voglio diventare medico",
    "ich will Arzt werden",
    "mae arna i eisiau bod yn feddyg",
    "dua të bëhem mjek",
    "как стать врачом",
    "می‌خواهم پزشک شوم",
    "我想当医生",
    "मैं डॉक्टर बनना चाहता हूँ",
]


def english_texts() -> list[str]:
    """All that is written here in English as people type it, and every job title."""
    found = []
    for path in (ROOT / "knowledge" / "answers").rglob("*.md"):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        front = yaml.safe_load(head)
        found += [str(text) for text in (*(front.get("examples") or ()), front.get("title", ""))]
        found += re.split(r"\n\n|(?<=\.) ", body)
    for path in (ROOT / "data" / "nlu").rglob("*.yml"):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = str(group.get("examples") or "").splitlines()
            found += [SPOKEN.sub(r"\1", line.removeprefix("- ")) for line in lines]
    for name in ("lmi/tables/job_titles.csv", "lmi/everyday_job_words.csv"):
        with (ROOT / name).open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                found += [*row, f"what does a {row[0]} earn"]
    return found


# ---- the file


def test_the_commonest_languages_are_there():
    assert set(TEN) <= set(KNOWN)
    assert set(SAID) == set(KNOWN)


@pytest.mark.parametrize("code", list(KNOWN))
def test_a_sentence_is_in_its_language_and_names_the_adviser(code: str):
    language = KNOWN[code]
    assert language.sentence.count("adviser") == 1
    assert "tutor" in language.sentence or language.script is not None
    assert unicodedata.is_normalized("NFC", language.sentence)
    assert "!" not in language.sentence
    rtl = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in language.sentence)
    assert language.direction == ("rtl" if rtl else "ltr")
    assert detect(language.sentence) == language


def test_what_no_native_speaker_has_read_says_so():
    assert {language.status for language in KNOWN.values()} <= {"to-check", "checked"}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("direction: rtl", "direction: down"), "direction is not one of"),
        (("status: to-check", "status: fine"), "status is not one of"),
        (("  name: polski\n", ""), "name is missing"),
        (("  script: {block: Gurmukhi}\n", ""), "either by its script or by its words"),
    ],
)
def test_a_fault_is_told_with_its_file_and_line(
    tmp_path: Path, change: tuple[str, str], fault: str
):
    copy = tmp_path / "languages.yml"
    copy.write_text(FILE.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(BadContent, match=rf"languages\.yml:\d+: .*{fault}"):
        Languages.load(copy)


# ---- telling


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in SAID.items() for text in texts]
)
def test_a_message_in_a_language_is_told(code: str, text: str):
    for typed in (text, text.upper() if code != "tr" else text, f"{text}??", f"  {text}\n"):
        found = detect(typed)
        assert found is not None, typed
        assert found.code == code


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_is_english_mixed_or_not_certain_is_not_told(text: str):
    assert detect(text) is None


def test_careers_english_is_never_taken_for_another_language():
    texts = english_texts()
    assert len(texts) > 100_000
    assert [(found.code, text) for text in texts if (found := detect(text))] == []


def test_it_takes_less_than_two_milliseconds():
    texts = [text for said in SAID.values() for text in said] + NOT_TOLD + ["quero ser " * 200]
    for text in texts:
        detect(text)  # the model is read once
    taken = []
    for text in texts:
        began = time.perf_counter()
        detect(text)
        taken.append((time.perf_counter() - began) * 1000)
    assert statistics.quantiles(taken, n=20)[-1] < SLOWEST_MS


def test_english_does_not_even_ask_the_model(monkeypatch: pytest.MonkeyPatch):
    def judge(codes: tuple[str, ...]) -> object:
        raise AssertionError("asked")

    monkeypatch.setattr(languages, "_judge", judge)
    assert detect("what does a nurse earn and how do i become one") is None
