"""What to do about gaps.

A *plan* says which modules, taken by whom, close most of what is missing within a *budget* of hours. What comes of it
is *assigned*: somebody is asked to do a *lesson*, which is a module or a whole course, by a last day and for a reason
that is given. Whether it has been done is read from progress, and nothing is kept about it here. Beside it stand
*measures*, which are no courses: a mentor, recruiting, buying, reorganising, no longer doing something. A *forecast*
is the map as it would be with what has been assigned; and *supply* is what courses teach against what work needs.

A manager plans for the people of the team. Whoever sees only groups plans for groups, from figures that have passed
`competence.gate` and from nothing else, and may *offer* a course to all of a group or ask its managers to.
"""
