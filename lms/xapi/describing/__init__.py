"""What the record store answers, as an OpenAPI document: for programs, and for those who write them.

`shapes` are the types that statements are checked with, told as JSON Schema; `resources` is what each address takes
and gives; `document` puts them together.
"""
