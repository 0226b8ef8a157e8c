"""Assessing oneself, talking a manager's assessment through, and what a manager has seen. All become statements."""
