import pytest
import yaml

from bench.stock import project

CONFIG = {
    "recipe": "default.v1",
    "pipeline": [{"name": "WhitespaceTokenizer"}, {"name": "DIETClassifier", "epochs": 100}],
    "policies": [{"name": "RulePolicy"}, {"name": "TEDPolicy", "epochs": 100}],
}


@pytest.fixture
def root(tmp_path):
    files = {
        "domain.yml": "intents:\n- pay:\n    use_entities: []\n- hi\n- nlu_fallback\n",
        "data/nlu/pay.yml": "version: '3.1'\nnlu:\n- intent: pay\n  examples: |\n    - pay\n",
        "data/rules/a.yml": (
            "rules:\n"
            "- rule: pay\n  steps:\n  - intent: pay\n  - action: action_pay\n"
            "- rule: lost\n  steps:\n  - intent: nlu_fallback\n  - action: action_lost\n"
        ),
    }
    for name, text in files.items():
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "root"


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_writes_a_stock_project(tmp_path, root):
    folder = tmp_path / "stock"
    project.write(folder, CONFIG, root)
    rules = read(folder / "data" / "rules.yml")["rules"]
    assert rules[0] == {"rule": "pay", "steps": [{"intent": "pay"}, {"action": "utter_pay"}]}
    stories = read(folder / "data" / "stories.yml")["stories"]
    assert [s["story"] for s in stories] == ["pay", "lost"]
    assert stories[0]["steps"] == rules[0]["steps"]
    domain = read(folder / "domain.yml")
    assert domain["intents"] == ["pay", "hi"]
    assert set(domain["responses"]) == {"utter_pay", "utter_lost"}
    assert "about pay" in domain["responses"]["utter_pay"][0]["text"]
    assert read(folder / "config.yml") == CONFIG
    assert read(folder / "endpoints.yml")["tracker_store"]["type"] == "SQL"
    assert read(folder / "credentials.yml") == {"rest": {}}


def test_the_name_of_a_model_changes_with_what_it_is_made_from(tmp_path, root):
    folder = tmp_path / "stock"
    first = project.write(folder, CONFIG, root)
    assert project.write(folder, CONFIG, root) == first
    assert project.write(folder, project.with_epochs(CONFIG, 1), root) != first
    (root / "data" / "nlu" / "pay.yml").write_text("nlu: []\n", encoding="utf-8")
    assert project.write(folder, CONFIG, root) != first


def test_fewer_epochs():
    short = project.with_epochs(CONFIG, 5)
    assert short["pipeline"] == [
        {"name": "WhitespaceTokenizer"},
        {"name": "DIETClassifier", "epochs": 5},
    ]
    assert project.with_epochs(CONFIG, 500) == CONFIG
    assert CONFIG["pipeline"][1]["epochs"] == 100


def test_no_rasa_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="no Rasa"):
        project.default_config(tmp_path)


def test_the_project_of_today_has_a_response_for_every_rule():
    rules = project.rules_of(project.PROJECT)
    used = {step["action"] for rule in rules for step in rule["steps"] if "action" in step}
    assert used
    assert used == set(project.domain_of(project.PROJECT, rules)["responses"])
