"""What is on a page, to take away: a file for people, or JSON for programs.

A *report* (`report`) is what a page shows, as values: whose it is, of which day, what it was narrowed to, by which
rule levels are told, what is hidden and why, and its tables. The modules called `of_…` make reports out of the very
objects that the pages are rendered from; `workbook`, `lines`, `printed` and `sent` write any report as xlsx, CSV, PDF
and JSON. So a page and what is taken from it cannot say different things, and no writer has anything in hand that its
reader may not see.
"""
