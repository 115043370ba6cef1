"""The shape of the house: imports run one way, modules are small and named for what they hold."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ("lmi", "knowledge", "loopback", "engine", "actions", "bot")
LONGEST_MODULE = 450
LONGEST_TEST_MODULE = 500
"""A test module may hold one long table more."""

# What each room may import of ours, besides itself. The ground: lmi, knowledge, bot.records.
MAY_IMPORT = {
    "lmi": set(),
    "loopback": set(),
    "knowledge": set(),
    "bot.records": {"bot.settings"},
    "bot.settings": set(),
    "bot.identity": {"bot.records", "bot.settings"},
    "engine": {"lmi.occupations", "loopback"},
    "actions": {"lmi", "knowledge", "bot.records"},
    "bot.advisers": {"lmi", "knowledge", "bot.records", "bot.identity", "bot.settings"},
    "bot.safeguarding": {"lmi", "knowledge", "bot.records", "bot.identity", "bot.settings"},
    "bot.gateway": {
        "lmi", "knowledge", "loopback", "bot.records", "bot.identity", "bot.settings",
        "bot.advisers", "bot.safeguarding",
    },
    "bot.channels": {
        "lmi", "knowledge", "loopback", "bot.records", "bot.identity", "bot.settings",
        "bot.advisers", "bot.safeguarding", "bot.gateway", "bot.console",
    },
    "bot.console": {
        "lmi", "knowledge", "bot.records", "bot.identity", "bot.settings",
        "bot.advisers", "bot.safeguarding", "bot.gateway",
    },
    # The processes and the command line stand above all of them, and nobody imports those.
    "bot.service": None,
    "bot.command_line": None,
    "bot.cli": None,
}  # fmt: skip
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}

# Put together here so that this file does not break the rule that it checks.
MACHINE_PATHS = re.compile(r"(?<![\w.*}$~/-])/(?:work|root|tmp|home|Users)/\.?\w")
REGISTRY_HOSTS = re.compile(
    "py" r"pi\.org|python" r"hosted\.org|registry" r"\.npmjs|--extra" "-index-url", re.IGNORECASE
)


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def module_name(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Every module of ours that a file imports, at its top or inside a function."""
    own = module_name(path).split(".")
    package = own if path.name == "__init__.py" else own[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            found |= {
                f"{source}.{alias.name}" if is_module(f"{source}.{alias.name}") else source
                for alias in node.names
            }
    return {name for name in found if name.split(".")[0] in (*HOUSE, "bench", "tests")}


@functools.cache
def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def room_of(name: str) -> str:
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "bot" and len(parts) > 1 else parts[0]


def allowed(room: str, name: str) -> bool:
    own = MAY_IMPORT[room]
    if room_of(name) == room or name == "bot":
        return True
    if own is None:
        return name.split(".")[0] in HOUSE
    return any(name == one or name.startswith(f"{one}.") for one in own)


def test_every_room_has_its_place_in_the_order():
    rooms = {room_of(module_name(path)) for path in modules(*HOUSE)}
    assert rooms - {"bot"} <= set(MAY_IMPORT)


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_imports_run_one_way(room):
    wrong = [
        f"{module_name(path)} imports {name}"
        for path in modules(*HOUSE)
        if room_of(module_name(path)) == room
        for name in sorted(imports(path))
        if not allowed(room, name)
    ]
    assert wrong == []


def test_the_order_has_no_circle():
    """No room may import one that may import it back."""

    def above(room: str, seen: frozenset[str] = frozenset()) -> set[str]:
        direct = MAY_IMPORT[room.split(".")[0] if room == "lmi.occupations" else room] or set()
        return direct | {
            deep for one in direct - seen if one != "lmi.occupations"
            for deep in above(one, seen | direct)
        }  # fmt: skip

    assert [room for room in MAY_IMPORT if room in above(room)] == []


def test_nothing_of_ours_imports_tests_or_benchmarks():
    wrong = [
        f"{module_name(path)} imports {name}"
        for path in modules(*HOUSE)
        for name in imports(path)
        if name.split(".")[0] in ("tests", "bench")
    ]
    assert wrong == []


def test_labour_market_information_knows_no_chat():
    words = re.compile(r"\b(?:rasa|telegram|starlette|uvicorn|sqlalchemy)\b")
    wrong = []
    for path in modules("lmi"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [(module_name(path), name) for name in names if words.search(name)]
    assert wrong == []


def test_topics_know_nothing_of_rasa():
    """Only the registry and the server of the actions do."""
    wrong = [
        path.name
        for path in modules("actions")
        if path.name not in ("registry.py", "__main__.py", "server.py")
        and re.search(r"^\s*(?:from|import) rasa", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert wrong == []


def test_modules_are_named_for_what_they_hold():
    wrong = [
        module_name(path)
        for path in modules(*HOUSE, "bench", "tests")
        if NAMES_THAT_SAY_NOTHING & {path.stem, *path.relative_to(ROOT).parts[:-1]}
    ]
    assert wrong == []


def test_modules_are_short():
    long = {}
    for path in modules(*HOUSE, "bench", "scripts", "tests"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        tested = path.relative_to(ROOT).parts[0] == "tests"
        if lines > (LONGEST_TEST_MODULE if tested else LONGEST_MODULE):
            long[module_name(path)] = lines
    assert long == {}


def project_files() -> list[Path]:
    """Every file that is, or is about to be, part of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("git does not know this folder, so which files are the project's is not known")
    paths = (ROOT / name.decode() for name in listed.stdout.split(b"\0") if name)
    return [path for path in paths if path.is_file() and not path.is_symlink()]


@pytest.mark.parametrize(
    ("pattern", "what"),
    [(MACHINE_PATHS, "a path of one machine"), (REGISTRY_HOSTS, "a package registry's host")],
)
def test_files_name_no_machine(pattern, what):
    found = []
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a font
        found += [f"{path.relative_to(ROOT)}: {what}: {hit[0]}" for hit in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("in /wo" + "rk/main", True),
        ("'/ro" + "ot/.cache'", True),
        ("actions/home/x", False),
        ("${HOME}/x and ~/tmp/x", False),
        ("https://example.org/work/x", False),
    ],
)
def test_what_counts_as_a_path_of_one_machine(text, found):
    assert bool(MACHINE_PATHS.search(text)) is found
