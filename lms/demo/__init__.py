"""The demo project *Kompetenslyft Mälardalen*: invented people in invented organisations, and two years of their work.

`cast` are the people whom tests and documents speak of; `colleagues` the sixty around them; `ahead` what they have
decided that their work will need; `history` what all of them did, in statements that go through the same door as
everyone's. `python -m lms.demo` starts it.
"""
