from concurrent.futures import ProcessPoolExecutor
from io import StringIO
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from bot.records import migrate
from bot.records.models import Base
from bot.records.store import StoreBusy, open_engine, writing

_PARENTS = {
    "audit_events", "attachments", "conversations", "meetings", "pupils", "record_lines", "staff",
}  # fmt: skip


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


def tables(url: str) -> set[str]:
    engine = open_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_up_makes_what_the_models_say(url: str):
    migrate.upgrade(url)
    assert migrate.current(url) == migrate.head()
    engine = open_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_down_takes_everything_away_and_up_again(url: str):
    migrate.upgrade(url)
    migrate.downgrade(url, "base")
    assert tables(url) == {"alembic_version"}
    assert migrate.current(url) is None
    migrate.upgrade(url)
    assert migrate.current(url) == migrate.head()


def test_one_step_down_leaves_the_first_tables_and_up_again(url: str):
    migrate.upgrade(url, "0001")
    first = tables(url)
    assert first == {"alembic_version", "schools", "conversations", "entries", "offers", "erasures"}
    migrate.upgrade(url)
    assert tables(url) == {"alembic_version", *Base.metadata.tables}
    migrate.downgrade(url, "0001")
    assert tables(url) == first
    assert migrate.current(url) == "0001"
    migrate.upgrade(url)
    assert migrate.current(url) == migrate.head()


def test_every_table_stands_under_a_school():
    for name, table in Base.metadata.tables.items():
        if name == "schools":
            continue
        column = table.columns["school_id"]
        assert not column.nullable
        referred = {key.column.table.name for key in column.foreign_keys}
        assert referred
        if referred == {"schools"}:
            continue
        # Else together with the parent's id, and the parent stands under the same school.
        assert referred - {"schools"} <= _PARENTS
        for key in table.foreign_key_constraints:
            if key.referred_table.name == "schools":
                continue
            assert column.name in key.column_keys
            assert [part.column.name for part in key.elements] == ["id", "school_id"]
            assert key.ondelete == "CASCADE"


def test_processes_that_migrate_together(url: str):
    with ProcessPoolExecutor(3, get_context("spawn")) as processes:
        list(processes.map(migrate.upgrade, [url] * 6))
    assert migrate.current(url) == migrate.head()


def test_a_locked_store_is_not_waited_for_for_ever(url: str):
    migrate.upgrade(url)
    engine = open_engine(url)
    with writing(engine).begin(), pytest.raises(StoreBusy):
        migrate.upgrade(url, wait_s=0.1)
    engine.dispose()


def test_speaks_postgresql_too():
    out = StringIO()
    config = Config(output_buffer=out)
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.attributes["dialect"] = "postgresql"
    command.upgrade(config, "head", sql=True)
    assert "id BIGSERIAL NOT NULL" in out.getvalue()
    assert "WHERE status IN ('received', 'waiting')" in out.getvalue()
    assert "CREATE TABLE record_lines" in out.getvalue()
