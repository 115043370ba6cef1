"""A twin of LMI for All: the same contract over real HTTP, with switches for every trouble.

In a test: `with Twin() as twin: LmiForAll(twin.base_url)`. By hand: `python -m tests.lmi_twin`.
"""

from tests.lmi_twin.server import Twin
from tests.lmi_twin.switches import Mode

__all__ = ["Mode", "Twin"]
