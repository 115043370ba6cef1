"""What a Plan 5 student loan takes from pay."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from knowledge.facts import Facts, FactValue
from knowledge.sums import exact, to_the_penny


@dataclass(frozen=True)
class Repayment:
    """Repayments in pounds, to the penny, on `salary` pounds a year before tax.

    `above` is the part of the salary that is over the threshold, 0 where there is none.
    """

    salary: Decimal
    above: Decimal
    year: Decimal
    month: Decimal
    threshold: FactValue
    rate: FactValue
    write_off: FactValue

    @property
    def used(self) -> tuple[FactValue, ...]:
        """The facts that the sum stands on."""
        return (self.threshold, self.rate, self.write_off)


def repayment(salary: Decimal, facts: Facts, day: dt.date) -> Repayment:
    """Return what is repaid on a yearly salary by the rules of a day.

    Raises ValueError for a salary below nothing.
    """
    if salary < 0:
        raise ValueError(f"nobody is paid {salary}")
    threshold = facts.on("plan5_threshold", day)
    rate = facts.on("plan5_rate", day)
    above = max(Decimal(0), salary - exact(threshold.fact.value))
    year = above * exact(rate.fact.value) / 100
    return Repayment(
        salary=salary,
        above=above,
        year=to_the_penny(year),
        month=to_the_penny(year / 12),
        threshold=threshold,
        rate=rate,
        write_off=facts.on("plan5_write_off_years", day),
    )
