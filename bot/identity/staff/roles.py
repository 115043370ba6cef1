"""Who of staff may do what, read from permissions.yml."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from bot.records.models import ROLES
from bot.records.staff import StaffRow, qualified_on

_CONTENT = Path(__file__).with_name("permissions.yml")


def _read() -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = yaml.safe_load(_CONTENT.read_text(encoding="utf-8"))
    for name, one in told.items():
        if not one["roles"] or not set(one["roles"]) <= set(ROLES):
            raise ValueError(f"{_CONTENT.name}: {name} names a role that there is not, or none")
    return told


_TOLD = _read()

PERMISSIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: frozenset(one["roles"]) for name, one in _TOLD.items()}
)
"""Each permission with the roles that have it."""
QUALIFIED_ONLY = frozenset(name for name, one in _TOLD.items() if one.get("qualified"))
"""Permissions that take a qualification that is good on the day as well."""
WHAT: Mapping[str, str] = MappingProxyType({name: one["what"] for name, one in _TOLD.items()})
"""Each permission in words, for staff to read."""


def may(staff: StaffRow, permission: str, day: date) -> bool:
    """Whether somebody may do that on that day. Raises KeyError for no permission of ours.

    Who has left may nothing.
    """
    allowed = bool(PERMISSIONS[permission] & staff.roles) and not staff.has_left(day)
    return allowed and (permission not in QUALIFIED_ONLY or qualified_on(staff, day))
