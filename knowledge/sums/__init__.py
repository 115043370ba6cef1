"""Worked sums on dated facts: UCAS points, the lowest legal pay, student loan repayments."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
LEAST_WITHOUT_PENCE = 20


def exact(value: object) -> Decimal:
    """Return a number as it is written (7.55, not what a binary fraction makes of it)."""
    return Decimal(str(value))


def to_the_penny(amount: Decimal) -> Decimal:
    """Return an amount of pounds rounded to the penny, halves up."""
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def money(amount: Decimal) -> str:
    """Return pounds as they are written in a sum: £25,000, £1,210.53, or £8.00 for a rate."""
    whole = amount == amount.to_integral_value() and amount >= LEAST_WITHOUT_PENCE
    return f"£{amount:,.0f}" if whole else f"£{to_the_penny(amount):,.2f}"
