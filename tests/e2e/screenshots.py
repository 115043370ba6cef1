"""Takes the pictures of the README from the running service: `make screenshots`.

A real conversation, in windows of a fixed size. Each picture stays under `LARGEST_KB`.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, expect

from tests.real_service import ROOT, RealService, real_service
from tests.widget_host import HostSite
from tests.widget_watch import Desk, Watched, running_browser

PICTURES = ROOT / "docs" / "pictures"
LARGEST_KB = 150


@dataclass(frozen=True)
class Picture:
    """One picture: its file, the window, and what is asked; `embedded` on a school's page."""

    name: str
    size: ViewportSize
    questions: tuple[str, ...]
    scheme: Literal["light", "dark"] = "light"
    embedded: bool = False
    scale: float = 1.0


TAKEN = (
    Picture(
        "widget.png",
        ViewportSize(width=400, height=892),
        ("what does an electrician earn",),
        embedded=True,
        scale=1.5,
    ),
    Picture(
        "chat-wide.png",
        ViewportSize(width=900, height=1190),
        ("what does a vet earn and will there still be jobs",),
    ),
    Picture(
        "widget-dark.png",
        ViewportSize(width=400, height=990),
        ("will there be jobs for vets",),
        scheme="dark",
        embedded=True,
        scale=1.25,
    ),
    Picture(
        "guidance.png",
        ViewportSize(width=400, height=940),
        ("do apprentices pay council tax",),
        embedded=True,
        scale=1.25,
    ),
    Picture(
        "quiz.png",
        ViewportSize(width=900, height=900),
        ("careers quiz", "yes", "sometimes", "no", "yes", "no", "stop"),
    ),
)


def take(picture: Picture, browser: Browser, service: RealService, site: HostSite) -> int:
    """Have the conversation and write the picture; return its size in bytes."""
    desk = Desk(browser)
    try:
        chat = desk.page(
            f"{site.origin}/" if picture.embedded else f"{service.origin}/chat",
            viewport=picture.size,
            color_scheme=picture.scheme,
            device_scale_factor=picture.scale,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/London",
        )
        if picture.embedded:
            chat.open()
        for question in picture.questions:
            chat.ask(question)
        show_last_question(chat)
        path = PICTURES / picture.name
        chat.page.screenshot(path=path, animations="disabled", caret="hide")
        desk.check()
        return path.stat().st_size
    finally:
        desk.close()


def show_last_question(chat: Watched) -> None:
    """Bring the last question to the top of what is seen, with its answer below."""
    expect(chat.replies.last.locator("button.choice").first).to_be_attached()
    # The log alone: scrolling into view would move what lies around it as well.
    chat.log.evaluate(
        """(log) => {
          const asked = [...log.querySelectorAll(".entry.reader")].at(-1);
          log.scrollTop += asked.getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
        }"""
    )


def main() -> None:
    """Take all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    too_large = []
    with (
        tempfile.TemporaryDirectory(prefix="signpost-pictures-") as folder,
        HostSite() as site,
        real_service(
            Path(folder), SIGNPOST_ALLOWED_ORIGINS=f'{{"default": ["{site.origin}"]}}'
        ) as service,
        running_browser() as browser,
    ):
        site.gateway = service.ready.origin
        for picture in TAKEN:
            size = take(picture, browser, service, site)
            print(f"{picture.name}: {size / 1000:.0f} kB", file=sys.stderr)
            if size > LARGEST_KB * 1000:
                too_large.append(picture.name)
    if too_large:
        sys.exit(f"Larger than {LARGEST_KB} kB: {', '.join(too_large)}")


if __name__ == "__main__":
    main()
