"""Proof that people hand in of what they can do: a certificate, a diploma, a picture of something they have made.

A person hands in a file and says what it shows: a *claim*, which shows nothing yet. Their manager looks at it and
confirms it, at the levels claimed or others, or rejects it and says why. What is confirmed is evidence, from the day
the proof was issued until it ends. The person can withdraw it, which voids all that was said of it and takes the file
away. The file is an attachment of the statement it was handed in with; only the two of them may open it.
"""
