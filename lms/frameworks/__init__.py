"""What people in a field can do, described by others or by ourselves: frameworks of competences with levels.

A *framework* is a published set of *competences* in areas, each with texts for the levels 1–4 of the common
scale. What is published is never changed: a new version is a framework of its own, with its own key, and keys are
for ever. A *crosswalk* says by name how competences of two frameworks relate. Some frameworks are shipped as files;
others an organisation has brought in or written itself, and those are its own and of those below it.

Nothing here knows who can do what, nor what any work needs.
"""
