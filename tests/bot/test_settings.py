from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings


def test_defaults_keep_everything_on_this_machine():
    settings = Settings()
    assert settings.host == "127.0.0.1"
    assert settings.engine_url.startswith("http://127.0.0.1")
    assert settings.lmi_base_url == ""
    assert settings.store_url.startswith("sqlite:///")
    assert settings.secrets_dir == settings.data_dir / "secrets"


def test_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SIGNPOST_ALLOWED_ORIGINS", '{"default": ["https://a.example"]}')
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "postgresql+psycopg://db/signpost")
    settings = Settings()
    assert settings.data_dir == tmp_path
    assert settings.allowed_origins == {"default": ("https://a.example",)}
    assert settings.store_url == "postgresql+psycopg://db/signpost"


def test_refuses_a_port_that_is_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SIGNPOST_PORT", "70000")
    with pytest.raises(ValidationError):
        Settings()
