"""Programs that send records here or read them, and those records: for whoever looks after them.

A *client* is a program with a key of its own. *Traffic* is what an organisation's clients have sent. *Sight* is
which statements someone may look at; nothing here shows any other. *Consequences* are what was read from a
statement.
"""
