"""Which of the addresses that the content names do not open. The only part that goes online."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed

import requests

from knowledge.answers import Answers
from knowledge.checking import Finding
from knowledge.content import named

TIMEOUT_S = 5
AT_ONCE = 4
_LINK = re.compile(r"\]\((https://[^)\s]+)\)")
# Some sites turn programs away, with these; a person can still open the page.
_TURNED_AWAY = {401, 403, 405, 429}

Progress = Callable[[int, int], None]
"""Told how many of how many addresses are done."""


def addresses(answers: Answers) -> dict[str, str]:
    """Return each address that answers and facts name, with the files that name it."""
    files: dict[str, set[str]] = defaultdict(set)
    for answer in answers:
        links = [source["link"] for source in answer.sources]
        for link in [*links, *_LINK.findall(answer.text + answer.more)]:
            files[link].add(named(answer.path))
    for fact in answers.facts:
        files[fact.link].add(f"{named(fact.path)}:{fact.line}")
    return {link: ", ".join(sorted(where)) for link, where in sorted(files.items())}


def dead(links: Mapping[str, str], progress: Progress = lambda done, total: None) -> list[Finding]:
    """Try each address once, a few at a time; return those that do not open."""
    found = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        trying = {pool.submit(fault_of, link): link for link in links}
        for done, tried in enumerate(as_completed(trying), start=1):
            link = trying[tried]
            if fault := tried.result():
                found.append(Finding("dead", links[link], f"{link}: {fault}"))
            progress(done, len(links))
    return sorted(found, key=lambda one: one.says)


def fault_of(link: str) -> str:
    """Return why an address does not open; "" when it opens, or only turns programs away."""
    try:
        status = _status("HEAD", link)
        if status >= 400:  # many sites answer no HEAD
            status = _status("GET", link)
    except requests.Timeout:
        return f"no answer within {TIMEOUT_S} seconds"
    except requests.RequestException as error:
        return f"cannot be reached ({type(error).__name__})"
    return "" if status < 400 or status in _TURNED_AWAY else f"status {status}"


def _status(method: str, link: str) -> int:
    with requests.request(
        method, link, timeout=TIMEOUT_S, allow_redirects=True, stream=True
    ) as response:
        return response.status_code
