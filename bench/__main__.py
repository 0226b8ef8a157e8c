"""`python -m bench [WORD]`: one line per figure whose name contains the word; fails if one is missed.

With `--write` they are put into docs/speed.md as well, in place of those that stand there.
"""

import argparse
import sys
from pathlib import Path

from bench import mapping, memory, pages, reading, recording, starting, storing, table

FIGURES = {
    "course page": pages.course_page,
    "map page": pages.map_page,
    "map data of one organisation": mapping.one_organisation,
    "map data of many organisations": mapping.many_organisations,
    "trend of 24 months": mapping.months,
    "one piece of evidence": mapping.one_more,
    "rebuild of evidence": mapping.rebuild,
    **recording.figures(),
    **storing.figures(),
    **reading.figures(),
    **memory.figures(),
    "first answer": starting.first_answer,
    "make run": starting.first_run,
    "memory of a worker": starting.memory,
}


PAGE = Path(__file__).parents[1] / "docs/speed.md"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench")
    asked.add_argument("word", nargs="?", default="", help="only figures with this in their name")
    asked.add_argument("--write", action="store_true", help=f"put them into {PAGE.name}")
    given = asked.parse_args()
    chosen = {name: measure for name, measure in FIGURES.items() if given.word in name}
    if not chosen:
        sys.exit(f"No figure has “{given.word}” in its name; there are: {', '.join(FIGURES)}.")
    print(f"{'':<34} {'measured':>10} {'limit':>8}")
    missed = 0
    for name, measure in chosen.items():
        figure = measure()
        print(figure, flush=True)
        missed += not figure.holds
        if given.write:
            # One at a time: what is measured is not lost when a later one fails.
            PAGE.write_text(table.with_figure(PAGE.read_text(), name, figure, table.machine(), list(FIGURES)))
    return missed


if __name__ == "__main__":
    sys.exit(main() > 0)
