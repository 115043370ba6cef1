"""Tests of the engine, run in its own environment (see pytest.ini beside this file)."""
