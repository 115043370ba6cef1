"""Charts of figures as accessible SVG with a table; `lmi.charts.raster` makes PNGs of them."""

from lmi.charts.chart import Chart, Table
from lmi.charts.compare_bars import compare_chart
from lmi.charts.outlook_line import outlook_chart
from lmi.charts.pay_range import pay_range_chart

__all__ = ["Chart", "Table", "compare_chart", "outlook_chart", "pay_range_chart"]
