"""However the service is stopped, nothing of it is left running."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import httpx
import pytest

from bot.service.run import running
from bot.settings import Settings
from tests.real_service import PARTS, ROOT, ended, real_service, until

pytestmark = pytest.mark.engine


def test_a_signal_stops_everything_though_a_reader_is_following(tmp_path: Path) -> None:
    with real_service(tmp_path) as service:
        talk = service.ready.talk()
        listening = threading.Event()

        def follow() -> None:
            with talk.client.stream("GET", f"{talk.path}/events") as events:
                for _ in events.iter_lines():
                    listening.set()

        reader = threading.Thread(target=lambda: quietly(follow), daemon=True)
        reader.start()
        assert listening.wait(10)
        family = service.family()
        assert len(family) >= 1 + len(PARTS)

        service.process.send_signal(signal.SIGTERM)
        assert ended(service.process, family, within_s=10) == 0
        assert service.said[-1] == "Stopping."
        assert running(Settings(data_dir=tmp_path)) is None
        reader.join(10)


def quietly(follow: object) -> None:
    try:
        follow()  # type: ignore[operator]
    except httpx.HTTPError:
        return  # the service stopped: that is what the test is about


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_while_it_starts(tmp_path: Path, how: int) -> None:
    with real_service(tmp_path) as service:
        until(lambda: all(service.parts(name) for name in PARTS), "all parts are started")
        family = service.family()
        service.process.send_signal(how)
        assert ended(service.process, family, within_s=10) == 0
        assert not any("Signpost is ready" in line for line in service.said)
        assert not (tmp_path / "service.json").exists()


def test_killed_outright_it_takes_all_with_it_and_can_start_again(tmp_path: Path) -> None:
    with real_service(tmp_path) as service:
        talk = service.ready.talk()
        talk.say("what does a vet earn")
        family = service.family()
        service.process.kill()
        assert ended(service.process, family, within_s=10) == -signal.SIGKILL
        assert running(Settings(data_dir=tmp_path)) is None

    with real_service(tmp_path) as again:
        # The conversation, its token and what the engine knew of it have outlived it all.
        talk.client.base_url = httpx.URL(again.ready.origin)
        words, _ = talk.say("will there still be jobs")
        assert "vets" in words
        assert [entry["seq"] for entry in talk.entries()] == [1, 2, 3, 4]
        family = again.family()
        again.process.send_signal(signal.SIGINT)
        assert ended(again.process, family, within_s=10) == 0


def test_training_is_stopped_with_it(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    code = (
        "from pathlib import Path; from bot.service import model; from bot.cli import cli; "
        f"model.MODELS = Path({str(models)!r}); model.MODEL = model.MODELS / 'signpost.tar.gz'; "
        "model.MADE_FROM = model.MODELS / 'signpost.made-from'; cli(['run'], prog_name='signpost')"
    )
    command = [str(ROOT / ".venv" / "app" / "bin" / "python"), "-c", code]
    where = {"PYTHONPATH": str(ROOT)}
    with real_service(tmp_path / "data", command=command, **where) as service:
        service.hears("Training the model")
        until(lambda: any(models.iterdir()), "the training works in the folder of models")
        family = service.family()
        service.process.send_signal(signal.SIGTERM)
        assert ended(service.process, family, within_s=10) == 0
        assert [path.name for path in models.iterdir()] == [".training"]  # the lock stays
