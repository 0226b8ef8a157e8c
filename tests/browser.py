"""Debian's chromium through Playwright. Filled where journeys are."""
