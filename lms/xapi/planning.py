"""What the databases have to be told to answer a search by the right index.

Looked at with 200,000 to 2,000,000 statements, with statistics and without. PostgreSQL plans for the values
it is asked with, because every connection of ours tells it to (`db.behave`).
"""

from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class unindexed(FunctionElement[bytes]):
    """A column whose index SQLite is told to leave alone.

    PostgreSQL knows from its statistics how many statements have a verb. SQLite has none until somebody
    asks it to make them; without, it goes through every statement with the verb to find those of one
    person.
    """

    type = LargeBinary(16)
    inherit_cache = True


@compiles(unindexed)
def _compile(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(unindexed, "sqlite")
def _compile_for_sqlite(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"
