"""Statements out of the store as lines of JSON, and into it again.

A line is a statement, as the store keeps and returns it. Before the first of an organisation's comes a line with
the organisation's key: `{"organisation": "fyren"}`. A *place* is the organisation and the `stored` of a statement:
where an export goes on. The files that statements carry lie beside the lines, in a folder, each under its sum.

Voided statements are among the lines, and so are those that void them: what is voided follows from that.
"""
