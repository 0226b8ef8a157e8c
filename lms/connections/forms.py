from typing import Any, Final

from wtforms import (  # type: ignore[attr-defined]
    Field,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from lms.connections import giving, words
from lms.i18n import gettext, lazy_gettext
from lms.identity.forms import Form
from lms.xapi.clients import GRACE

LONGEST_NAME: Final = 100


def _something(_form: Form, field: Field) -> None:
    if not field.data:
        raise ValidationError(gettext("Choose what the program may do."))


class ClientForm(Form):
    name = StringField(
        lazy_gettext("Name"),
        [
            DataRequired(lazy_gettext("Give the program a name.")),
            Length(max=LONGEST_NAME, message=lazy_gettext("Enter a shorter name.")),
        ],
        description=lazy_gettext("So that others know which program it is. It stands in everything the program sends."),
        filters=[lambda written: " ".join(written.split()) if written else written],
    )
    scopes = SelectMultipleField(
        lazy_gettext("What it may do"),
        [_something],
        description=lazy_gettext("No more than it needs."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scopes.choices = [SelectChoice(name, words.scope(name)) for name in giving.SCOPES]


class RotateForm(Form):
    grace = RadioField(lazy_gettext("When the old secret stops working"), default="hour")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grace.choices = [SelectChoice(name, words.grace(name)) for name in GRACE]


class RevokeForm(Form):
    pass
