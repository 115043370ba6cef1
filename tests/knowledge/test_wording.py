"""The sentences around figures: each is used, each place has a value, each keeps to the style."""

import ast
import itertools
import re
from collections.abc import Sequence
from typing import get_args, get_type_hints

import pytest
import yaml

from actions.context import ORDINALS
from actions.following import KINDS
from actions.showing import NEXT_QUESTIONS
from knowledge.wording import FOLDER, Wording
from lmi.figures.change import Against
from lmi.figures.gap import PayGap
from lmi.figures.outlook import Direction
from lmi.figures.part_time import Reason
from lmi.figures.pay import Period
from tests.knowledge import style
from tests.knowledge.reading import grade_of_sentence, sentences
from tests.lmi.test_summaries import ROOT

# Filled templates of one sentence; names of jobs and groups are official and may be long.
HARDEST_TEMPLATE = 10.5

WORDING = Wording.load()
KEYS = WORDING.keys()
FILES = "|".join(sorted({key.partition(".")[0] for key in KEYS}))
MODULES = [
    path
    for room in (
        "actions",
        "knowledge",
        "bot/gateway/record_talk",
        "bot/gateway/adviser_talk",
        "bot/gateway/meeting_talk",
        "bot/channels/web/record",
    )
    for path in sorted((ROOT / room).rglob("*.py"))
    if path.name != "wording.py"
]

# What stands in the places of keys that are put together ("pay.gap_{gap.lower}").
DIRECTIONS = get_args(Direction)
VALUES: dict[str, Sequence[str]] = {
    "row.outlook.direction": DIRECTIONS,
    "future:direction": DIRECTIONS,
    "typical.part_time.reason": get_args(Reason),
    "change.against": get_args(Against),
    "gap.lower": get_args(get_type_hints(PayGap)["lower"]),
    "period": get_args(Period),
    "shown.period": get_args(Period),
    "route": ("university", "college", "apprenticeship", "work", "volunteering", "direct"),
    "ordinal": ORDINALS,
    "intent": NEXT_QUESTIONS,
    "about_jobs:answer": ("skills", "degree_subjects"),
    "getting_in:answer": ("how_to_become", "entry_requirements"),
    "browsing:topic": [key.partition(".")[2] for key in KEYS if key.startswith("topics.")],
    "answers:name": [key.partition(".")[2] for key in KEYS if key.startswith("offers.")],
    "talk:do": ("move", "cancel", "when"),
    "talk:refusal": ("taken", "not_offered", "one_already", "too_soon", "wrong", "not_now"),
    "talk:notice": ("guest", "signed_out"),
    "talk:button": ("more", "stop", "wait", "move", "cancel", "keep", "go_on"),
    "guidance:number": ("1", "2", "3"),
    "following:k": KINDS,
}


class Uses(ast.NodeVisitor):
    """What one module says: (key, places given, places may come from a mapping)."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self._module = module
        self.said: list[tuple[str, set[str], bool]] = []
        self.patterns: list[str] = []
        self.mapping_keys = {
            key.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Dict)
            for key in node.keys
            if isinstance(key, ast.Constant)
        }
        self._inside: list[ast.AST] = [tree]
        self.visit(tree)

    def visit_FunctionDef(self, function: ast.FunctionDef) -> None:
        self._inside.append(function)
        self.generic_visit(function)
        self._inside.pop()

    def _assigned(self, name: str) -> list[ast.expr]:
        """What a name is given in the innermost function that gives it something."""
        for scope in reversed(self._inside):
            found = [
                node.value
                for node in ast.walk(scope)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name) and target.id == name
            ]
            if found:
                return found
        return []

    def visit_Call(self, call: ast.Call) -> None:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in ("say", "pattern") and call.args:
            for key in self._keys(call.args[0]):
                if name == "pattern":
                    self.patterns.append(key)
                else:
                    given = {word.arg for word in call.keywords if word.arg}
                    mapped = any(word.arg is None for word in call.keywords)
                    self.said.append((key, given, mapped))
        self.generic_visit(call)

    def _keys(self, node: ast.expr) -> list[str]:
        """The keys that an expression can be."""
        if isinstance(node, ast.Constant):
            return [str(node.value)]
        if isinstance(node, ast.JoinedStr):
            parts = [
                [part.value] if isinstance(part, ast.Constant) else self._values(part.value)
                for part in node.values
            ]
            return ["".join(chosen) for chosen in itertools.product(*parts)]
        if isinstance(node, ast.IfExp):
            return [*self._keys(node.body), *self._keys(node.orelse)]
        if isinstance(node, ast.Name) and self._assigned(node.id):
            found = [key for value in self._assigned(node.id) for key in self._keys(value)]
            return [key for key in found if re.match(rf"(?:{FILES})\.", key)]
        pytest.fail(f"a key that cannot be read from the code: {ast.dump(node)}")
        return []

    def _values(self, node: ast.expr) -> list[str]:
        """What a place in an f-string can hold: the values of its type, or those assigned to it."""
        written = ast.unparse(node)
        for known in (f"{self._module}:{written}", written):
            if known in VALUES:
                return list(VALUES[known])
        values = [
            constant.value
            for assigned in self._assigned(written)
            for constant in ast.walk(assigned)
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
        ]
        if not values:
            pytest.fail(f"{self._module}: say in VALUES what {written} can be")
        return values


USES = {
    str(path.relative_to(ROOT)): Uses(path.stem, ast.parse(path.read_text(encoding="utf-8")))
    for path in MODULES
}
SAID = [(name, *said) for name, uses in USES.items() for said in uses.said]
PATTERN_KEYS = {key for uses in USES.values() for key in uses.patterns}
LISTS = {"asking.goes_on_with", "asking.example_places", "destinations.categories"} | {
    f"record_talk.{name}"
    for name in (
        "spellings", "names", "turned", "verbs", "weekdays", "months", "numbers", "ordinals",
        "experiences",
    )
} | {"meeting_talk.relative", "meeting_talk.parts", "meeting_talk.filler"}  # fmt: skip
SENTENCES = [key for key in KEYS if key not in PATTERN_KEYS | LISTS]


def test_every_key_that_is_said_exists():
    assert sorted(({key for _, key, _, _ in SAID} | PATTERN_KEYS) - set(KEYS)) == []


def test_every_key_is_used():
    used = {key for _, key, _, _ in SAID} | PATTERN_KEYS
    assert sorted(set(KEYS) - used) == []


def test_every_place_has_a_value():
    """Named in the call; or, where the call hands on a mapping, named in one of the module's."""
    wrong = []
    for name, key, given, mapped in SAID:
        known = given | (USES[name].mapping_keys if mapped else set())
        if key in KEYS and (left := WORDING.places(key) - known):
            wrong.append((name, key, sorted(left)))
    assert wrong == []


def test_every_pattern_is_a_regular_expression():
    for key in PATTERN_KEYS:
        assert WORDING.pattern(key) is WORDING.pattern(key)
        assert WORDING.pattern(key).search("") is None


def test_a_pattern_finds_whole_words_in_any_case():
    wording = Wording({"x.words": "per month|monthly"})
    assert wording.pattern("x.words").search("Pay PER MONTH?")
    assert not wording.pattern("x.words").search("bimonthlyish")


def test_a_missing_key_or_value_is_a_key_error():
    wording = Wording({"x.hello": "Hello {name}."})
    assert wording.say("x.hello", name="you") == "Hello you."
    assert wording.places("x.hello") == {"name"}
    for key, values in (("x.none", {}), ("x.hello", {})):
        with pytest.raises(KeyError):
            wording.say(key, **values)


def test_a_value_with_braces_is_not_filled_again():
    wording = Wording({"x.hello": "Hello {name}."})
    assert wording.say("x.hello", name="{other}") == "Hello {other}."


def test_every_file_is_a_mapping_of_names_to_texts():
    for path in FOLDER.iterdir():
        assert path.suffix == ".yml"
        for name, text in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
            assert isinstance(text, str)
            assert text.strip()


def test_places_are_plain_names():
    assert [k for k in SENTENCES for p in WORDING.places(k) if not p.isidentifier()] == []


@pytest.mark.parametrize("key", SENTENCES)
def test_style(key):
    text = WORDING.say(key, **dict.fromkeys(WORDING.places(key), "five"))
    faults = list(style.faults(text))
    if key.startswith(("buttons.", "offers.")):  # a button speaks for the person who presses it
        faults = [f for f in faults if not f.startswith(("says I", "speaks as we or me"))]
    assert faults == []


@pytest.mark.parametrize("key", SENTENCES)
def test_reading_age(key):
    text = WORDING.say(key, **dict.fromkeys(WORDING.places(key), "five"))
    assert [s for s in sentences(text) if grade_of_sentence(s) > HARDEST_TEMPLATE] == []
