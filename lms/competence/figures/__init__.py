"""Figures of groups: added up from what each person has shown, and through one gate before anybody sees them."""
