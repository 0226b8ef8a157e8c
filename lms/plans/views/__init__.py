"""What to do about gaps: the plan, what is assigned, and the forecast."""

from lms.plans.views import assign, forecast, measures, plan, supply
from lms.plans.views.blueprint import bp

__all__ = ["assign", "bp", "forecast", "measures", "plan", "supply"]
