import json
import subprocess
import sys

from bot.settings import PROJECT


def test_one_line_in_is_one_line_out():
    typed = "my mate wants to die\nwhat does a vet earn\n\n"
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "screen"],
        cwd=PROJECT, input=typed, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    cry, calm, empty = map(json.loads, done.stdout.splitlines())
    assert list(cry) == ["text", "flag", "category", "severity", "third_party", "why"]
    assert (cry["flag"], cry["category"], cry["severity"], cry["third_party"]) == (
        True, "suicidal_thoughts", "high", True,
    )  # fmt: skip
    assert cry["why"].startswith("suicidal_thoughts.")
    assert calm == {
        "text": "what does a vet earn", "flag": False, "category": None,
        "severity": None, "third_party": None, "why": None,
    }  # fmt: skip
    assert empty["flag"] is False
