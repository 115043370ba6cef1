"""Small numbers in tables that share their totals: hidden, and safe from being worked out.

Tables count the same pupils by the same categories and differ in how they group them, so they
share the total of each category and the total of all. A reader of the tables knows every sum, and
that nought is shown: a hidden number is 1 or more. A small number is safe when there is another
world that prints the very same tables: some hidden numbers one higher, some one lower and still 1
or more. Such a world is looked for, and what it needs is hidden as well, the least that will do.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SMALL = 6
"""Numbers from 1 to one less than this are hidden."""

Cell = tuple[str, str, str]
"""Table, group, category. ALL in place of a group or a category is a total."""
ALL = ""
Step = tuple[Cell, int]
Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """Counts of the same pupils by category, grouped in one or more ways.

    `counts` has {table: {(group, category): pupils}}; what is not in it is nought. Each pupil is
    once in every table.
    """

    counts: Mapping[str, Mapping[tuple[str, str], int]]

    def cells(self) -> dict[Cell, int]:
        """Every number above nought with every total. Shared totals have ALL for their table."""
        found: dict[Cell, int] = {}
        for number, (table, counts) in enumerate(self.counts.items()):
            for (group, category), pupils in counts.items():
                if not pupils:
                    continue
                sums = [(table, group, category), (table, group, ALL)]
                if number == 0:
                    sums += [(ALL, ALL, category), (ALL, ALL, ALL)]
                for cell in sums:
                    found[cell] = found.get(cell, 0) + pupils
        return found


def hidden_cells(tables: Tables) -> frozenset[Cell]:
    """The numbers that may not be shown, so that no small one can be worked out."""
    return _Hiding(tables).hidden()


class _Hiding:
    def __init__(self, tables: Tables) -> None:
        self._tables = list(tables.counts)
        self._values = tables.cells()
        self._hidden = {cell for cell, value in self._values.items() if value < SMALL}
        self._edges: dict[str, list[tuple[Node, Node, Cell]]] = {
            table: [] for table in self._tables
        }
        for cell in self._values:
            table, group, category = cell
            if table != ALL:
                self._edges[table].append((("group", group), ("category", category), cell))

    def hidden(self) -> frozenset[Cell]:
        small = sorted(self._hidden, key=lambda cell: (self._values[cell], cell))
        for cell in small:
            if not self._is_safe(cell):
                _, steps = min(self._worlds(cell), key=lambda world: (world[0], world[1]))
                self._hidden |= {one for one, _ in steps}
        return frozenset(self._hidden)

    def _is_safe(self, cell: Cell) -> bool:
        return any(cost == 0 for cost, _ in self._worlds(cell))

    def _worlds(self, cell: Cell) -> Iterable[tuple[int, list[Step]]]:
        """Other worlds in which the cell differs, each with what more has to be hidden for it."""
        table, _, category = cell
        if table != ALL:
            # Within the table: all shared totals stay.
            for change in (1, -1):
                if (world := self._exchange(cell, change)) is not None:
                    yield world
        yield self._one_more(cell)
        if category != ALL:
            others = [
                other for of, _, other in self._values if of == ALL and other not in (ALL, category)
            ]
            for other in others:
                for change in (1, -1):
                    if (world := self._other_category(cell, other, change)) is not None:
                        yield world

    def _exchange(self, cell: Cell, change: int) -> tuple[int, list[Step]] | None:
        """The cell changes; others of its table change so that every sum stays."""
        if not self._can(cell, change):
            return None
        table, group, category = cell
        first, last = ("category", category), ("group", group)
        path = self._path(table, first, last, -self._sign(cell) * change, without=cell)
        if path is None:
            return None
        return self._priced([(cell, change), *path])

    def _one_more(self, cell: Cell) -> tuple[int, list[Step]]:
        """One pupil more, in every table: always possible, as only more are needed."""
        of, group, category = cell
        if category == ALL:
            candidates = {
                where[2]
                for where in self._values
                if where[2] != ALL and (of == ALL or where[:2] == (of, group))
            }
        else:
            candidates = {category}
        worlds = []
        for chosen in sorted(candidates):
            steps: list[Step] = [((ALL, ALL, chosen), 1), ((ALL, ALL, ALL), 1)]
            for table in self._tables:
                groups = [
                    where[1]
                    for where in self._values
                    if where[0] == table
                    and where[2] == chosen
                    and (of != table or where[1] == group)
                ]
                pairs: list[list[Step]] = [
                    [((table, one, chosen), 1), ((table, one, ALL), 1)] for one in sorted(groups)
                ]
                steps += min((self._priced(pair) for pair in pairs), key=_cost_alone)[1]
            worlds.append(self._priced(steps))
        return min(worlds, key=_cost_alone)

    def _other_category(self, cell: Cell, other: str, change: int) -> tuple[int, list[Step]] | None:
        """One pupil went elsewhere: the totals of two categories change in every table."""
        of, group, category = cell
        steps: list[Step] = [((ALL, ALL, category), change), ((ALL, ALL, other), -change)]
        if not all(self._can(*step) for step in steps):
            return None
        for table in self._tables:
            start: Node = ("category", category)
            if table == of:
                # By way of the cell itself.
                if not self._can(cell, change):
                    return None
                steps.append((cell, change))
                start = ("group", group)
                path = self._path(table, start, ("category", other), -change, without=cell)
            else:
                path = self._path(table, start, ("category", other), change)
            if path is None:
                return None
            steps += path
        return self._priced(steps)

    def _path(
        self, table: str, first: Node, last: Node, change: int, without: Cell | None = None
    ) -> list[Step] | None:
        """The cheapest way from node to node, the changes along it by turns up and down.

        A node is a group or a category; what goes in by one of its cells goes out by another.
        """
        best: dict[tuple[Node, int], int] = {(first, change): 0}
        came: dict[tuple[Node, int], tuple[tuple[Node, int], Step]] = {}
        waiting = [(0, first, change)]
        while waiting:
            cost, node, turn = heapq.heappop(waiting)
            if node == last:
                return _steps(came, (node, turn), (first, change))
            if cost > best[node, turn]:
                continue
            for one, two, cell in self._edges[table]:
                if node not in (one, two) or cell == without:
                    continue
                step = (cell, turn * self._sign(cell))
                if not self._can(*step):
                    continue
                reached = (two if node == one else one, -turn)
                price = cost + self._price(cell)
                if price < best.get(reached, price + 1):
                    best[reached] = price
                    came[reached] = ((node, turn), step)
                    heapq.heappush(waiting, (price, *reached))
        return None

    def _sign(self, cell: Cell) -> int:
        # A group's total stands on the other side of the sum.
        return -1 if cell[2] == ALL else 1

    def _can(self, cell: Cell, change: int) -> bool:
        return self._values[cell] + change >= 1

    def _price(self, cell: Cell) -> int:
        return 0 if cell in self._hidden else self._values[cell] + 1

    def _priced(self, steps: list[Step]) -> tuple[int, list[Step]]:
        return sum(self._price(cell) for cell in {cell for cell, _ in steps}), steps


def _cost_alone(world: tuple[int, list[Step]]) -> int:
    return world[0]


def _steps(
    came: Mapping[tuple[Node, int], tuple[tuple[Node, int], Step]],
    at: tuple[Node, int],
    first: tuple[Node, int],
) -> list[Step]:
    steps = []
    while at != first:
        at, step = came[at]
        steps.append(step)
    return steps
