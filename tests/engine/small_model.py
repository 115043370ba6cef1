"""A model of a few intents on the project's own components and a part of its training data."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
INTENTS = ("pay", "outlook", "greeting", "out_of_scope", "give_job", "choose_option")
EXAMPLES = 25


def train_small_model(folder: Path) -> Path:
    """Train in `folder` and return the model's path."""
    from rasa.model_training import train

    (folder / "data").mkdir()
    _write(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": _examples()})
    rules = [
        {"rule": intent, "steps": [{"intent": intent}, {"action": f"action_{intent}"}]}
        for intent in (*INTENTS, "nlu_fallback")
    ]
    _write(folder / "data" / "rules.yml", {"version": "3.1", "rules": rules})
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    known = (*INTENTS, "nlu_fallback")
    domain["intents"] = [{intent: {"use_entities": []}} for intent in known]
    domain["actions"] = [*(f"action_{intent}" for intent in known), "action_not_understood"]
    _write(folder / "domain.yml", domain)
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    del config["importers"]  # the answers' examples teach intents that this model does not have
    _write(folder / "config.yml", config)
    result = train(
        domain=str(folder / "domain.yml"),
        config=str(folder / "config.yml"),
        training_files=[str(folder / "data")],
        output=str(folder),
        fixed_model_name="small",
        force_training=True,
    )
    assert result.code == 0
    return Path(result.model)


def _examples() -> list[dict[str, str]]:
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if block.get("intent") in INTENTS:
                lines = block["examples"].splitlines()[:EXAMPLES]
                found.append({"intent": block["intent"], "examples": "\n".join(lines)})
    return found


def _write(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
