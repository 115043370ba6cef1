"""Everyday job words to SOC 2020 unit groups, found with a spaCy PhraseMatcher."""

from lmi.occupations.job_titles import Candidate, JobTitles, JobWords

__all__ = ["Candidate", "JobTitles", "JobWords"]
