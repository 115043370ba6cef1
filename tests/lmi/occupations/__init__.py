"""Tests of job words, by what they are about."""
