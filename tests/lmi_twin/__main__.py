"""`python -m tests.lmi_twin [--port N] [--no-recorded]`: run the twin until interrupted."""

import argparse
import signal
import threading

from tests.lmi_twin.server import Twin


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.lmi_twin", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument(
        "--no-recorded", action="store_true", help="never serve recorded answers, only made-up ones"
    )
    arguments = parser.parse_args()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with Twin(port=arguments.port, recorded=not arguments.no_recorded) as twin:
        print(twin.base_url, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
