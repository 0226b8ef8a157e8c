"""What the databases have to be told to answer a search by the right index.

Looked at with 200,000 to 2,000,000 statements, with statistics and without.
"""

from typing import Any

from sqlalchemy import LargeBinary, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def plan_for_the_values(session: Session) -> None:
    """Plan what follows in this transaction for the values it is asked with.

    PostgreSQL makes one plan for all agents of a query that it has prepared, and one that is good for a
    person with thirty statements takes seconds for the authority of a million.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


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
