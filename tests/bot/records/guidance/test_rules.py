"""Whatever is done in whatever order: nothing decided without a yes, nothing said is lost."""

import contextlib
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from bot.records.guidance.lines import (
    CONFIRMED_KINDS,
    KINDS,
    PROVENANCES,
    NotTheirs,
    Unconfirmed,
    add_line,
    correct_line,
    dispute_line,
    finish_action,
    lines_of,
    reopen_action,
    versions_of_pupil,
)
from bot.records.guidance.proposals import (
    NoProposal,
    confirm_proposal,
    decline,
    proposals_of,
    propose,
)
from bot.records.models import Proposal
from tests.bot.records.guidance.conftest import BODIES, NOW, SEALING, bare_store

kinds = st.sampled_from(KINDS)
texts = st.sampled_from([f"words {n}" for n in range(6)])
picks = st.integers(0, 30)


class Record(RuleBasedStateMachine):
    """A record under any sequence of what the service, the pupil and staff can do."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "store.sqlite3"
        self.engine, self.school, _, self.pupil, _ = bare_store(f"sqlite:///{path}")
        self.now = NOW
        self.offered: list[str] = []
        self.said: dict[str, list[object]] = {}
        """By line: every body that it ever had."""

    def teardown(self) -> None:
        self.engine.dispose()
        self.folder.cleanup()

    def do(self, work, *args, **more):
        self.now += timedelta(minutes=1)
        with self.engine.begin() as connection:
            return work(connection, SEALING, self.school, self.pupil, *args, **more)

    def note(self, line) -> None:
        told = self.said.setdefault(line.id, [])
        if not told or told[-1] != line.body:
            told.append(line.body)

    def any_line(self, pick: int):
        lines = self.do(lines_of)
        return lines[pick % len(lines)] if lines else None

    @rule(kind=kinds, by=st.sampled_from(PROVENANCES), asked=st.booleans(), known=st.booleans())
    def add(self, kind: str, by: str, asked: bool, known: bool):
        yes = {"confirmed_at": self.now} if asked else {}
        if known and self.offered:
            yes["proposal_id"] = self.offered[-1]
        with contextlib.suppress(Unconfirmed, NotTheirs):
            line = self.do(
                add_line,
                kind=kind,
                body=BODIES[kind],
                provenance=by,
                source={},
                now=self.now,
                **yes,
            )
            self.note(line)

    @rule(kind=kinds.filter(lambda kind: kind != "advice"))
    def offer(self, kind: str):
        row = self.do(propose, kind=kind, body=BODIES[kind], source={}, now=self.now)
        self.offered.append(row.id)

    @rule(pick=picks, answer=st.sampled_from((confirm_proposal, decline)))
    def answer(self, pick: int, answer):
        if self.offered:
            with contextlib.suppress(NoProposal):
                found = self.do(answer, self.offered[pick % len(self.offered)], self.now)
                if answer is confirm_proposal:
                    self.note(found)

    @rule(pick=picks, words=texts, by=st.sampled_from(("pupil", "staff")))
    def correct(self, pick: int, words: str, by: str):
        line = self.any_line(pick)
        if line is None:
            return
        field = next(name for name in ("text", "learnt", "evidence", "title")
                     if name in BODIES[line.kind])  # fmt: skip
        with contextlib.suppress(NotTheirs):
            body = {**line.body.fields(), field: words}
            changed = self.do(correct_line, line.id, body, self.now, by=by)
            assert by == "pupil" or line.kind not in CONFIRMED_KINDS
            self.note(changed)

    @rule(pick=picks, ends=st.sampled_from(("done", "dropped", None)), why=texts)
    def end(self, pick: int, ends: str | None, why: str):
        line = self.any_line(pick)
        if line is None:
            return
        with contextlib.suppress(NotTheirs):
            if ends is None:
                self.note(self.do(reopen_action, line.id, self.now))
            else:
                self.note(self.do(finish_action, line.id, ends, self.now, why))

    @rule(pick=picks)
    def dispute(self, pick: int):
        line = self.any_line(pick)
        if line is not None:
            assert self.do(dispute_line, line.id, self.now).body == line.body

    @invariant()
    def nothing_decided_without_a_yes(self):
        with self.engine.begin() as connection:
            answers = select(Proposal.id, Proposal.kind).where(Proposal.outcome == "confirmed")
            confirmed = {tuple(row) for row in connection.execute(answers)}
        lines = self.do(lines_of, kinds=CONFIRMED_KINDS)
        for line in lines:
            assert line.confirmed_at is not None
            assert (
                (line.source.get("proposal"), line.kind) in confirmed
                or line.provenance == "pupil"
                or line.provenance == "import"
            )
        waiting = {row.id for row in self.do(proposals_of)}
        assert not waiting & {line.source.get("proposal") for line in lines}

    @invariant()
    def nothing_said_is_lost(self):
        before = self.do(versions_of_pupil)
        for line in self.do(lines_of):
            kept = [version.body for version in reversed(before.get(line.id, []))]
            kept = [*kept, line.body]
            told = [one for n, one in enumerate(kept) if n == 0 or kept[n - 1] != one]
            assert told == self.said.get(line.id, told)

    @invariant()
    def only_actions_end(self):
        for line in self.do(lines_of):
            assert (line.status == "standing") == (line.kind != "action")


Record.TestCase.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
TestRecord = Record.TestCase
