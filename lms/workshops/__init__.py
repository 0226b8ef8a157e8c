"""Workshops: people who know the work say together what it will need.

A *workshop* goes through *steps*, led by its *facilitator*: trends, tasks to come, competences and levels for each
role at a *horizon*, *dots* that say what matters most, talk, and *decisions*, which become versions of role profiles
and of needs. Whoever has the *code* takes part, from a phone and without an account, in a *seat* that says nothing of
who sits there. What they give is a *contribution*; what the workshop holds of it is an *item*. When it has ended the
*record* stays, and the seats are gone.
"""
