"""Our own data file: JSON, everything that is known of a framework."""

import msgspec

from lms.errors import Invalid, Problem
from lms.frameworks.framework import Framework, check, keyed
from lms.i18n import gettext


def read(content: bytes) -> Framework:
    try:
        framework = keyed(msgspec.json.decode(content, type=Framework))
    except msgspec.DecodeError as error:
        raise Invalid([Problem("", gettext("The file cannot be read: %(error)s", error=str(error)))]) from error
    if problems := list(check(framework)):
        raise Invalid(problems)
    return framework


def write(framework: Framework) -> bytes:
    unkeyed = [msgspec.structs.replace(one, key="") for one in framework.competences]
    plain = msgspec.to_builtins(msgspec.structs.replace(framework, competences=tuple(unkeyed)), str_keys=True)
    for competence in plain["competences"]:
        del competence["key"]
    return msgspec.json.format(msgspec.json.encode(plain), indent=2) + b"\n"
