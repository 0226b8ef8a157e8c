"""Frameworks as others write them. Each format is read into one framework or refused with every problem found, named
by its row or place; nothing is read by half.

What a file does not say of itself (most say nothing of their licence) is given beside it as `About`.
"""
