"""What is known of the engine being away, and which conversations wait for it."""

import asyncio


class Outage:
    """Whether the engine is away, who waits, and whether it has trackers left to delete."""

    def __init__(self) -> None:
        self.away = False
        self.waiting: set[str] = set()
        self.erasures_left = False
        self._begun = asyncio.Event()

    def note_away(self) -> None:
        """The engine cannot be asked; nobody needs to try before the watcher has seen it back."""
        self.away = True
        self._begun.set()

    def note_waiting(self, conversation_id: str) -> None:
        """A message of the conversation has to be asked again."""
        self.waiting.add(conversation_id)
        self._begun.set()

    def note_erasures(self) -> None:
        """The engine has still to forget a conversation."""
        self.erasures_left = True
        self._begun.set()

    def note_over(self) -> set[str]:
        """The engine is back: who waited, none of them noted any longer."""
        self.away = False
        waiting, self.waiting = self.waiting, set()
        if not self.erasures_left:
            self._begun.clear()
        return waiting

    def note_erased(self) -> None:
        """The engine has nothing left to forget."""
        self.erasures_left = False
        if not (self.away or self.waiting):
            self._begun.clear()

    async def begun(self) -> None:
        """Wait until something has to be watched."""
        await self._begun.wait()
