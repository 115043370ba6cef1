"""The process that the supervisor starts: `python -m bot.channels.web`."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bot.channels.web.server import PortTaken, listen
from bot.settings import PROJECT


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot.channels.web", "--port", str(port)],
        cwd=PROJECT,
        env={
            **os.environ,
            "SIGNPOST_DATA_DIR": str(folder),
            "SIGNPOST_ENGINE_URL": "http://127.0.0.1:9",
            "SIGNPOST_ACTIONS_URL": "http://127.0.0.1:9",
        },
        stderr=subprocess.PIPE,
        text=True,
    )


def test_serves_and_stops_although_a_stream_is_open(tmp_path: Path):
    process = start(tmp_path, 0)
    try:
        assert process.stderr is not None
        url = process.stderr.readline().strip().removeprefix("Gateway at ")
        with httpx.Client(base_url=url, timeout=20) as client:
            begun = client.post("/chat/v1/conversations", json={}).json()
            path = f"/chat/v1/conversations/{begun['conversation']}"
            headers = {"Authorization": f"Bearer {begun['token']}"}
            sent = client.post(
                f"{path}/messages",
                json={"client_message_id": "a", "text": "hello mynameisrobin"},
                headers=headers,
            )
            assert sent.status_code == 202
            with client.stream("GET", f"{path}/events", headers=headers) as stream:
                lines = stream.iter_lines()
                assert next(lines) == "id: 1"
                process.send_signal(signal.SIGTERM)
                for _ in lines:
                    pass
        assert process.wait(10) == 0 or process.returncode == -signal.SIGTERM
        log = process.stderr.read()
        assert "by=engine status=waiting" in log
        for never in ("mynameisrobin", begun["token"], begun["conversation"], "Traceback"):
            assert never not in log
    finally:
        if process.poll() is None:
            process.kill()


def test_a_port_in_use_is_one_sentence(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(tmp_path, port)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 1
        assert said == f"Cannot listen on 127.0.0.1 port {port}: Address already in use.\n"
        with pytest.raises(PortTaken):
            listen("127.0.0.1", port)
