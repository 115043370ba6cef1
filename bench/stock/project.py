"""Writes a stock Rasa project from Signpost's own training data.

Whatever could be chosen is chosen in stock Rasa's favour: its replies are `utter_` responses, so
that no action server slows it, and each rule is a story as well, so that TEDPolicy and
MemoizationPolicy have something to learn.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import yaml

from bot.settings import PROJECT

FOLDED = "config_files/default_config.yml"
"""Below rasa/engine/recipes: the pipeline and policies of `rasa init`."""
REPLY = (
    "This is the answer about {topic}. It is about as long as an answer of the service itself, so "
    "that as much text goes over the wire: two sentences, a year and a source, and what could be "
    "asked next. Source: a publisher, a data set, a year."
)


def default_config(environment: Path) -> dict[str, Any]:
    """Return the default configuration that comes with the Rasa installed in `environment`.

    Raises FileNotFoundError when there is none.
    """
    found = sorted(environment.glob(f"lib/python3*/site-packages/rasa/engine/recipes/{FOLDED}"))
    if not found:
        raise FileNotFoundError(f"no Rasa is installed in {environment.name}")
    config: dict[str, Any] = yaml.safe_load(found[0].read_text(encoding="utf-8"))
    return config


def with_epochs(config: dict[str, Any], epochs: int) -> dict[str, Any]:
    """Return the configuration with every `epochs` at most `epochs`."""
    shortened = dict(config)
    for part in ("pipeline", "policies"):
        shortened[part] = [
            {**item, "epochs": min(item["epochs"], epochs)} if "epochs" in item else item
            for item in config[part]
        ]
    return shortened


def uttered(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a rule's steps with each of our actions replaced by a response of the same name."""
    return [
        {**step, "action": response(step["action"])} if "action" in step else step for step in steps
    ]


def response(action: str) -> str:
    """Return the response that stands for one of our actions."""
    return "utter_" + action.removeprefix("action_")


def rules_of(root: Path) -> list[dict[str, Any]]:
    """Return Signpost's rules, with responses in place of actions."""
    rules = []
    for path in sorted((root / "data" / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8")).get("rules", []):
            rules.append({**rule, "steps": uttered(rule["steps"])})
    return rules


def domain_of(root: Path, rules: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a stock domain: our intents, and a response for each that the rules use."""
    ours = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))
    names = [name if isinstance(name, str) else next(iter(name)) for name in ours["intents"]]
    used = sorted({step["action"] for rule in rules for step in rule["steps"] if "action" in step})
    return {
        "version": "3.1",
        "intents": [name for name in names if name != "nlu_fallback"],
        "responses": {
            name: [{"text": REPLY.format(topic=name.removeprefix("utter_").replace("_", " "))}]
            for name in used
            if name.startswith("utter_")
        },
        "session_config": {
            "session_expiration_time": 60,
            "carry_over_slots_to_new_session": True,
        },
    }


def write(folder: Path, config: dict[str, Any], root: Path = PROJECT) -> str:
    """Write the project into `folder`, which is emptied of training data first.

    Return a hash of all that a model depends on.
    """
    shutil.rmtree(folder / "data", ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    shutil.copytree(root / "data" / "nlu", folder / "data" / "nlu")
    rules = rules_of(root)
    stories = [{"story": rule["rule"], "steps": rule["steps"]} for rule in rules]
    documents = {
        "config.yml": config,
        "domain.yml": domain_of(root, rules),
        "data/rules.yml": {"version": "3.1", "rules": rules},
        "data/stories.yml": {"version": "3.1", "stories": stories},
    }
    for name, document in documents.items():
        _dump(folder / name, document)
    digest = hashlib.sha256()
    for path in [*sorted((folder / "data").rglob("*.yml")), *map(folder.joinpath, documents)]:
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    # What a server needs, and no model depends on.
    tracker_store = {"type": "SQL", "dialect": "sqlite", "db": "trackers.db"}
    _dump(folder / "endpoints.yml", {"tracker_store": tracker_store})
    _dump(folder / "credentials.yml", {"rest": {}})
    return digest.hexdigest()[:16]


def _dump(path: Path, document: dict[str, Any]) -> None:
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    path.write_text(text, encoding="utf-8")
