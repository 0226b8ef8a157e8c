"""What people can do, what their work needs, and the gap between the two.

A *role profile* says which competences a kind of work needs, at what level and with what weight. *Evidence* is a
statement read, by a named rule, as showing a level; it knows when that was, when we got to know and until when it
holds. *Standing* is where all evidence leaves a person. A *level* is picked from it by the *level rule* of the
organisation; a *gap* is how far it falls short of what is required. A *map* shows gaps of many people at once, on
any day; of groups only figures, and none of a group that is too small.

Not assessed is None, everywhere, and never 0. Stands on identity (who may see whom), xapi (statements),
frameworks (what competences there are) and courses (what a module develops); courses carry competence keys as
text and do not know what a gap is.
"""
