"""`python -m bench [WORD]`: one line per figure whose name contains the word; fails if one is missed."""

import sys

from bench import mapping, pages, recording, starting, storing

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
    "first answer": starting.first_answer,
    "make run": starting.first_run,
    "memory of a worker": starting.memory,
}


def main(word: str = "") -> int:
    chosen = [measure for name, measure in FIGURES.items() if word in name]
    if not chosen:
        sys.exit(f"No figure has “{word}” in its name; there are: {', '.join(FIGURES)}.")
    print(f"{'':<34} {'measured':>10} {'limit':>8}")
    missed = 0
    for measure in chosen:
        figure = measure()
        print(figure, flush=True)
        missed += not figure.holds
    return missed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) > 0)
