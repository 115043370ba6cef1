"""A snapshot of a few unit groups held in memory, for cases that the real tables do not have."""

from __future__ import annotations

from lmi.snapshot import PayRow, Replacement, Source, UnitGroup


def row(code, year, median, jobs=1000, sex="all", p10=None, p25=None, p75=None, p90=None):
    """A pay row; suppressed percentiles unless given."""
    return PayRow(code, year, sex, jobs, median, p10, p25, p75, p90)


class SmallSnapshot:
    """The part of Snapshot that figures read. Groups are "1111" (minor 111, sub-major 11) and so on
    by the digits of their codes.
    """

    def __init__(self, rows=(), codes=(), profiles=(), employment=None, areas=None, soc2010=None):
        codes = sorted({*codes, *(r.soc2020 for r in rows)})
        self.unit_groups = {
            code: UnitGroup(code, f"Group {code}", code[:3], code[:2], code[0]) for code in codes
        }
        self.groups = {
            part: f"Wider {part}" for code in codes for part in (code[:3], code[:2], code[0])
        }
        self._rows = {(r.soc2020, r.year, r.sex): r for r in rows}
        self._profiles = tuple(profiles)
        self._employment = employment or {}
        self._areas = areas or {}
        self._soc2010 = soc2010 or {}
        self.soc2010_titles = {code: f"Old {code}" for code in self._soc2010}
        self.standards = {}

    def pay_years(self):
        return sorted({year for _, year, _ in self._rows}) or [2024]

    def pay(self, soc2020, year=None, sex="all"):
        return self._rows.get((soc2020, year or self.pay_years()[-1], sex))

    def jobs_counted(self, year):
        everyone = (r for r in self._rows.values() if r.year == year and r.sex == "all")
        return sum(r.jobs or 0 for r in everyone)

    def all_jobs_pay(self, year, sex="all"):
        return {2021: 20000, 2022: 21000, 2024: 25000}.get(year)

    def all_jobs_pay_is_official(self, year, sex="all"):
        return False

    def employment(self, code):
        return dict(self._employment.get(code, {}))

    def area_employment(self, area, code):
        return dict(self._areas.get((area, code), {}))

    def replacement(self, code):
        return Replacement(code, 1.0, 2.0, 3.0, 0.02) if code in self._employment else None

    def profiles_for(self, soc2020):
        return tuple(p for p in self._profiles if soc2020 in p.soc2020)

    def soc2010_for(self, soc2020):
        return tuple(old for old, new in self._soc2010.items() if soc2020 in new)

    def soc2020_for(self, soc2010):
        return self._soc2010.get(soc2010, ())

    def source(self, table):
        return Source("Publisher", f"Table {table}", "2021-2024", "https://example.org/", "OGL")
