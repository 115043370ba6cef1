"""The roster: pupils from the CSV export of a school's information system.

A file is read (`reading`), its columns are matched with ours (`mapping`), its cells are made sense
of (`values`, `upn`, `rows`), what it would change is worked out (`planning`), and after a yes
that is written in one transaction (`applying`).
"""
