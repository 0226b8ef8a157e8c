"""Occupations as Swedish authorities list them, with what each kind of work is said to need.

An *occupation* belongs to a *group* of SSYK; the group has *skills*, which are many and noisy: suggestions for
somebody who knows the work, never requirements. All of it is facts of a *vintage*, brought in by command from files
that are published openly. Several vintages stand beside each other; the newest is used, and what was started from an
older one keeps its stamp.

Nothing here knows of frameworks or of people.
"""
