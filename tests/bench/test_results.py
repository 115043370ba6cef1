from bench.conditions import conditions
from bench.memory import peak_of
from bench.results import latest, save, table


def test_results_are_kept_by_date_and_as_the_latest(tmp_path, capsys):
    first = {"conditions": {"date": "2026-11-22T10:00:00+00:00"}, "x": 1}
    second = {"conditions": {"date": "2026-11-22T11:00:00+00:00"}, "x": 2}
    save("speed", first, tmp_path)
    save("speed", second, tmp_path)
    assert latest("speed", tmp_path) == second
    assert latest("nlu", tmp_path) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "speed-2026-11-22T100000Z.json",
        "speed-2026-11-22T110000Z.json",
        "speed.json",
    ]


def test_a_table_is_aligned():
    assert table(["load", "p50"], [["one", 1.234], ["fifty", None]]).splitlines() == [
        "  load    p50",
        "  -----  ----",
        "  one    1.23",
        "  fifty     -",
    ]


def test_conditions_name_machine_and_commit():
    told = conditions(notes=["one"])
    assert told["cores"] >= 1
    assert len(told["load_1_5_15"]) == 3
    assert told["date"].endswith("+00:00")
    assert {"python", "commit", "processor", "memory_gb", "notes"} <= told.keys()


def test_the_peak_is_read_from_the_system():
    assert peak_of("Name:\tx\nVmHWM:\t  1000 kB\nVmRSS:\t 500 kB\n") == 1.0
    assert peak_of("Name:\tx\n") is None
