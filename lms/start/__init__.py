"""The first page after signing in, and the pages about Kunna itself.

It reads the floors below, for the one person who looks, and answers: what do I do next?
"""
