"""What the documents say is there is there, and what is there is documented."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_core import PydanticUndefined

from bot.channels.web.routes import Access, RouteRow, table
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
PAGES = [ROOT / "README.md", ROOT / "NOTICE", *sorted(DOCS.rglob("*.md"))]
MARKED = {
    *("nlu_dev", "nlu_held", "training_time", "parse_p95", "engine_memory", "ready_time"),
    *("speed_table", "stock_table", "turn300", "occupations"),
}
ROOMS = "actions|bench|bot|data|deploy|docs|engine|knowledge|lmi|requirements|scripts|tests"
WHO = {
    Access.ANYONE: "anyone",
    Access.BEARER: "token",
    Access.COOKIE: "cookie",
    Access.VISITOR: "visitor",
    Access.LEAVER: "leaver",
    Access.PUPIL: "pupil",
}

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s#]+)[^)]*\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
TICKED = re.compile(r"`([^`\n]+)`")
IN_A_ROOM = re.compile(rf"(?:{ROOMS})/[\w./*-]*")
AT_THE_ROOT = re.compile(r"[\w-]+\.(?:yml|toml)|Makefile|LICENSE|NOTICE|signpost")
DATA_FOLDER = {"service.json", "signpost.sqlite3"}

UNWANTED = {
    "the address of a package registry": r"pypi\b|pythonhosted|index-url|//registry\.",
    "a path of somebody's machine": r"(?<![\w.~/-])/(?:work|root|home|tmp|Users)(?:/|\b)",
    "how the text was made": r"\b(?:L" r"LMs?|A" r"I (?:assistant|agent|tool)s?|pro" r"mpts?)\b",
}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def row_of(page: str, *cells: str) -> list[str]:
    """The cells of the table row in `page` that begins with `cells`."""
    for line in text_of(DOCS / page).splitlines():
        found = [cell.strip() for cell in line.strip("|").split(" | ")]
        if found[: len(cells)] == list(cells):
            return found
    return []


def shown(default: Any) -> str:
    """A setting's default as the table of settings shows it."""
    if isinstance(default, Path):
        return f"`{default.relative_to(ROOT)}/` in the project"
    if isinstance(default, float):
        return f"{default:g}"
    return str(default) or "empty"


# ---- the code is documented


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_every_setting_is_documented_with_its_default(setting: str):
    found = row_of("operations.md", f"`SIGNPOST_{setting.upper()}`")
    assert len(found) == 3, f"docs/operations.md has no row for SIGNPOST_{setting.upper()}"
    field = Settings.model_fields[setting]
    default = field.default
    if default is PydanticUndefined:
        assert field.default_factory is not None
        default = field.default_factory()
    assert found[1] == shown(default)


def test_no_setting_is_documented_that_is_none():
    told = set(re.findall(r"^\| `SIGNPOST_(\w+)`", text_of(DOCS / "operations.md"), re.MULTILINE))
    assert {setting.lower() for setting in told} == set(Settings.model_fields)


@pytest.mark.parametrize("route", table(Path("static")), ids=lambda row: f"{row.method} {row.path}")
def test_every_route_is_documented_with_who_may_use_it(route: RouteRow):
    found = row_of("routes.md", route.method, f"`{route.path}`")
    assert found[2:4] == [WHO[route.access], "yes" if route.shared else "no"]


def test_no_route_is_documented_that_is_none():
    told = re.findall(r"^\| ([A-Z]+) \| `([^`]+)`", text_of(DOCS / "routes.md"), re.MULTILINE)
    assert sorted(told) == sorted((row.method, row.path) for row in table(Path("static")))


def test_every_table_of_figures_is_documented():
    told = text_of(DOCS / "data.md")
    tables = {path.name for path in (ROOT / "lmi" / "tables").glob("*.csv")}
    assert {table for table in tables if f"{table}`" not in told} == set()


def test_every_source_is_documented_with_its_licence():
    sources = yaml.safe_load(text_of(ROOT / "lmi" / "tables" / "sources.yml"))["tables"]
    for table_name, source in sources.items():
        licence = row_of("data.md", f"`{table_name}.csv`")[4]
        assert licence == source["licence"].replace("Open Government Licence v3.0", "OGL v3")


# ---- the documents hold together


@pytest.mark.parametrize("page", DECISIONS, ids=name)
def test_a_decision_says_context_decision_and_consequences(page: Path):
    headings = re.findall(r"^## (.+)$", text_of(page), re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences"]
    number = int(page.name[:4])
    assert text_of(page).startswith(f"# {number}. ")
    assert f"| {number} | [" in text_of(DOCS / "decisions" / "README.md")


def test_decisions_are_numbered_without_gaps():
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_places_for_measured_figures_are_known():
    told = [
        mark for page in PAGES for mark in re.findall(r"<!-- (measured: .*?) -->", text_of(page))
    ]
    assert {f"measured: {mark}" for mark in MARKED} >= set(told)
    assert len(told) == len(set(told))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path):
    missing = [to for to in LINK.findall(text_of(page)) if not (page.parent / to).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_are_named_exist(page: Path):
    missing = []
    for words in TICKED.findall(CODE_BLOCK.sub("", text_of(page))):
        named = IN_A_ROOM.fullmatch(words) or (
            words not in DATA_FOLDER and AT_THE_ROOT.fullmatch(words)
        )
        if named and not any(ROOT.glob(words.rstrip("/"))):
            missing.append(words)
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_of_make_exist(page: Path):
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    told = re.findall(r"(?:^|`)make ([a-z-]+)", text_of(page), re.MULTILINE)
    assert set(told) <= targets


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_nothing_unwanted_is_said(page: Path):
    found = {
        what: re.findall(pattern, text_of(page), re.IGNORECASE)
        for what, pattern in UNWANTED.items()
        if re.search(pattern, text_of(page), re.IGNORECASE)
    }
    assert found == {}


def test_the_readme_is_one_screen():
    lines = text_of(ROOT / "README.md").splitlines()
    assert len(lines) <= 90
    assert max(len(line) for line in lines) <= 120


def test_the_readme_says_what_must_be_said():
    told = text_of(ROOT / "README.md")
    for words in ("not generative", "must not be relied on", "make run", "make test"):
        assert words in told
