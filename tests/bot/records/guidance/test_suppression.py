"""No small number is shown, and none can be worked out from what is shown."""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.records.guidance.suppression import ALL, SMALL, Cell, Tables, hidden_cells

CATEGORIES = ("college", "sixth form", "work")


def one_table(**rows: tuple[int, ...]) -> Tables:
    """A table by group; numbers in the order of CATEGORIES."""
    return Tables(
        {
            "year": {
                (group, category): number
                for group, numbers in rows.items()
                for category, number in zip(CATEGORIES, numbers, strict=True)
            }
        }
    )


def sums_of(tables: Tables) -> list[tuple[Cell, list[Cell]]]:
    """Every total with what it is the total of."""
    cells = tables.cells()
    found = []
    for total in cells:
        of, group, category = total
        if of != ALL and category == ALL:
            found.append((total, [c for c in cells if c[:2] == (of, group) and c[2] != ALL]))
        elif of == ALL:
            found += [
                (total, [c for c in cells if c[0] == table and c[2] == category])
                for table in tables.counts
            ]
            if category == ALL:
                found.append((total, [c for c in cells if c[0] == ALL and c[2] != ALL]))
    return found


def can_be(tables: Tables, hidden: frozenset[Cell], cell: Cell, most: int = 60) -> set[int]:
    """Up to two values that a hidden number can have, by trying: what a reader could do."""
    cells = tables.cells()
    equations = []
    for total, parts in sums_of(tables):
        known = sum(cells[part] for part in parts if part not in hidden)
        unknown = [(part, 1) for part in parts if part in hidden]
        if total in hidden:
            unknown.append((total, -1))
        else:
            known -= cells[total]
        if unknown:
            equations.append((unknown, known))
    found: set[int] = set()
    for value in range(1, most):
        if solvable(equations, {cell: value}, most):
            found.add(value)
        if len(found) == 2:
            break
    return found


def solvable(equations, given: dict[Cell, int], most: int) -> bool:
    """Whether numbers of 1 to `most` fit all the sums: bounds are narrowed, then tried."""
    low = {cell: 1 for unknown, _ in equations for cell, _ in unknown}
    high = dict.fromkeys(low, most)
    for cell, value in given.items():
        low[cell] = high[cell] = value
    changed = True
    while changed:
        changed = False
        for unknown, known in equations:
            for cell, sign in unknown:
                rest = [(c, s) for c, s in unknown if c != cell]
                least = known + sum(low[c] if s > 0 else -high[c] for c, s in rest)
                largest = known + sum(high[c] if s > 0 else -low[c] for c, s in rest)
                floor, ceiling = (-largest, -least) if sign > 0 else (least, largest)
                if floor > low[cell] or ceiling < high[cell]:
                    low[cell], high[cell] = max(low[cell], floor), min(high[cell], ceiling)
                    changed = True
                if low[cell] > high[cell]:
                    return False
    free = [cell for cell in low if low[cell] < high[cell]]
    if not free:
        return True
    cell = min(free, key=lambda one: high[one] - low[one])
    return any(
        solvable(equations, {**given, cell: value}, most)
        for value in range(low[cell], high[cell] + 1)
    )


def safe(tables: Tables) -> None:
    cells = tables.cells()
    hidden = hidden_cells(tables)
    for cell, value in cells.items():
        if value < SMALL:
            assert cell in hidden
            assert len(can_be(tables, hidden, cell)) == 2, cell


def shown(tables: Tables) -> dict[Cell, int]:
    hidden = hidden_cells(tables)
    return {cell: value for cell, value in tables.cells().items() if cell not in hidden}


def test_large_numbers_are_all_shown():
    tables = one_table(ten=(8, 9, 6), eleven=(12, 30, 7))
    assert hidden_cells(tables) == frozenset()
    assert tables.cells()[ALL, ALL, ALL] == 72


def test_a_single_small_number_takes_three_others_with_it():
    tables = one_table(ten=(3, 9, 40), eleven=(12, 30, 17))
    assert hidden_cells(tables) == {
        ("year", group, category) for group, category in product(("ten", "eleven"), CATEGORIES[:2])
    }
    safe(tables)


def test_the_least_is_hidden():
    tables = one_table(ten=(3, 90, 7), eleven=(12, 30, 17))
    assert ("year", "ten", "work") in hidden_cells(tables)
    assert ("year", "ten", "sixth form") in shown(tables)


def test_two_ones_that_add_up_to_two_would_be_known():
    # Nought is shown, so each of the two is at least 1: their total must go as well.
    tables = one_table(ten=(1, 1, 0), eleven=(9, 9, 9))
    safe(tables)


def test_a_group_on_its_own():
    safe(one_table(ten=(3, 0, 0)))
    safe(one_table(ten=(3, 40, 50)))
    safe(one_table(ten=(1, 0, 8), eleven=(0, 7, 0)))


def test_what_one_table_hides_another_does_not_tell():
    year = {("ten", "college"): 10, ("ten", "work"): 8, ("eleven", "work"): 9}
    premium = {("yes", "college"): 3, ("no", "college"): 7, ("yes", "work"): 7, ("no", "work"): 10}
    safe(Tables({"year": year, "premium": premium}))


pupils = st.lists(
    st.tuples(
        st.sampled_from(("a", "b")), st.sampled_from(("x", "y")), st.sampled_from(CATEGORIES)
    ),
    max_size=24,
)


@given(pupils)
@settings(max_examples=60, deadline=None)
def test_no_small_number_can_be_worked_out(found: list[tuple[str, str, str]]):
    year: dict[tuple[str, str], int] = {}
    send: dict[tuple[str, str], int] = {}
    for one, two, category in found:
        year[one, category] = year.get((one, category), 0) + 1
        send[two, category] = send.get((two, category), 0) + 1
    safe(Tables({"year": year, "send": send}))


def determined(tables: Tables, hidden: frozenset[Cell]) -> set[Cell]:
    """Hidden cells that the sums alone fix, by elimination: for tables too large to try."""
    columns = {cell: number for number, cell in enumerate(sorted(hidden))}
    rows = []
    for total, parts in sums_of(tables):
        row = [Fraction(0)] * len(columns)
        for cell, sign in (*((part, 1) for part in parts), (total, -1)):
            if cell in columns:
                row[columns[cell]] += sign
        rows.append(row)
    pivots = 0
    for column in range(len(columns)):
        found = next((n for n in range(pivots, len(rows)) if rows[n][column]), None)
        if found is None:
            continue
        rows[pivots], rows[found] = rows[found], rows[pivots]
        lead = rows[pivots][column]
        rows[pivots] = [one / lead for one in rows[pivots]]
        for number, row in enumerate(rows):
            if number != pivots and row[column]:
                rows[number] = [a - row[column] * b for a, b in zip(row, rows[pivots], strict=True)]
        pivots += 1
    names = list(columns)
    single = [[n for n, value in enumerate(row) if value] for row in rows]
    return {names[found[0]] for found in single if len(found) == 1}


TOGETHER = ("year", "gender", "premium", "send")

schools = st.lists(
    st.tuples(*(st.sampled_from("abcdefg") for _ in TOGETHER), st.integers(0, 8)),
    min_size=1,
    max_size=60,
)


@given(schools)
@settings(max_examples=40, deadline=None)
def test_no_small_number_of_a_whole_school_is_fixed_by_the_sums(found):
    counts: dict[str, dict[tuple[str, str], int]] = {table: {} for table in TOGETHER}
    for *groups, repeated in found:
        for table, group in zip(counts, groups, strict=True):
            key = (group, groups[0])
            counts[table][key] = counts[table].get(key, 0) + repeated
    tables = Tables(counts)
    hidden = hidden_cells(tables)
    small = {cell for cell, value in tables.cells().items() if value < SMALL}
    assert small <= hidden
    assert not small & determined(tables, hidden)
