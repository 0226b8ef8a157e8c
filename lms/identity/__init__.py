"""People and organisations: who someone is, where they belong, and what they may see.

A *person* is a human. An *organisation* is a node of the tree project → region → partner → unit.
A *membership* is a person in an organisation (a partner, or a region or the project for those who work
there), with roles, a unit, a role profile and a manager; everything a person does is done in one of their
memberships.

To the record store a person is an opaque account (`actor`). What a viewer may see is decided in `access`,
nowhere else.
"""
