"""The people of every test: those of the demo, before they have done anything."""

from lms.demo.cast import Cast, settle

__all__ = ["Cast", "settle"]
