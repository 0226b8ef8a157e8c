from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

# The types of WTForms that are published are one release behind it.
from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.db import session
from lms.errors import Invalid
from lms.i18n import LANGUAGES, gettext, lazy_gettext
from lms.identity import addresses, words
from lms.identity.memberships import Place
from lms.identity.models import Membership, Organisation, Role

LONGEST_NAME: Final = 200


class Form(FlaskForm):
    @contextmanager
    def showing_problems(self) -> Iterator[None]:
        """What the middle refuses is shown where it was typed, and nothing is half done."""
        try:
            yield
        except Invalid as refused:
            session().rollback()
            for problem in refused.problems:
                self._show(problem.field, problem.message)

    def _show(self, name: str, message: str) -> None:
        field = self._fields.get(name)
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]


def an_address(_form: FlaskForm, field: Field) -> None:
    normal = addresses.normal(field.data or "")
    if normal is None:
        raise ValidationError(gettext("Enter a whole e-mail address, such as alva@fyren.example."))
    field.data = normal


def _name_field(label: Any = None) -> StringField:
    return StringField(
        label or lazy_gettext("Name"),
        [
            DataRequired(lazy_gettext("Enter the name.")),
            Length(max=LONGEST_NAME, message=lazy_gettext("Enter a shorter name.")),
        ],
        filters=[lambda written: " ".join(written.split()) if written else written],
    )


def _language_field() -> SelectField:
    return SelectField(lazy_gettext("Language"), choices=[SelectChoice(*one) for one in LANGUAGES.items()])


class SignInForm(Form):
    email = EmailField(lazy_gettext("E-mail"), [DataRequired(lazy_gettext("Enter your e-mail address."))])
    password = PasswordField(lazy_gettext("Password"), [InputRequired(lazy_gettext("Enter your password."))])
    next = HiddenField()
    kept = HiddenField()


class ForgottenForm(Form):
    email = EmailField(lazy_gettext("E-mail"), [an_address])


class ChoosePasswordForm(Form):
    password = PasswordField(
        lazy_gettext("New password"),
        [InputRequired(lazy_gettext("Enter a password."))],
        description=lazy_gettext("At least 12 characters. A few words in a row are easy to remember."),
    )


class ChangePasswordForm(ChoosePasswordForm):
    current = PasswordField(
        lazy_gettext("Password you have now"),
        [InputRequired(lazy_gettext("Enter the password you have now."))],
    )


class AboutMeForm(Form):
    name = _name_field()
    language = _language_field()


class KeyForm(Form):
    name = StringField(
        lazy_gettext("What it is for"),
        validators=[DataRequired(lazy_gettext("Say what the key is for.")), Length(max=100)],
    )
    days = SelectField(
        lazy_gettext("How long it works"),
        choices=[
            SelectChoice("30", lazy_gettext("30 days")),
            SelectChoice("90", lazy_gettext("90 days")),
            SelectChoice("365", lazy_gettext("A year")),
        ],
        default="90",
    )


def _chosen_id(value: Any) -> int | None:
    return int(value) if value else None


class PlaceForm(Form):
    """Where in the organisation someone belongs, and as what."""

    unit = SelectField(lazy_gettext("Unit"), coerce=_chosen_id, render_kw={"required": False})
    manager = SelectField(lazy_gettext("Manager"), coerce=_chosen_id)
    profile = SelectField(
        lazy_gettext("Role profile"),
        coerce=lambda value: value or None,
        description=lazy_gettext("The competences that the work needs."),
    )
    roles = SelectMultipleField(
        lazy_gettext("Roles"),
        description=lazy_gettext("Everyone takes courses. Tick what the person does besides."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(
        self,
        units: Iterable[Organisation],
        managers: Iterable[Membership],
        profiles: dict[str, str],
        roles: Iterable[Role],
    ) -> None:
        """What there is to choose from, here."""
        none = SelectChoice("", gettext("None"))
        self.unit.choices = [none, *(SelectChoice(str(unit.id), unit.name) for unit in units)]
        self.manager.choices = [none, *(SelectChoice(str(one.id), one.person.name) for one in managers)]
        self.profile.choices = [none, *(SelectChoice(key, name) for key, name in profiles.items())]
        self.roles.choices = [SelectChoice(role.value, words.of_role(role)) for role in roles]

    @property
    def place(self) -> Place:
        return Place(
            roles=frozenset(Role(role) for role in self.roles.data or []),
            unit_id=self.unit.data,
            manager_id=self.manager.data,
            role_profile_key=self.profile.data,
        )


class InviteForm(PlaceForm):
    email = EmailField(lazy_gettext("E-mail"), [an_address])
    name = _name_field()
    language = _language_field()


class PersonForm(PlaceForm):
    name = _name_field()
    last_day = DateField(
        lazy_gettext("Last day"),
        [Optional()],
        description=lazy_gettext("If it is known when the person leaves. Until then nothing changes."),
    )


class FileForm(Form):
    file = FileField(
        lazy_gettext("File with people"),
        [FileRequired(lazy_gettext("Choose a file."))],
        description=lazy_gettext("CSV or Excel (xlsx), at most 5,000 people."),
    )


class AgreeForm(Form):
    invite = BooleanField(lazy_gettext("Send an invitation to everyone who is new"))


class OrganisationForm(Form):
    name = _name_field()


class KeyedOrganisationForm(OrganisationForm):
    key = StringField(
        lazy_gettext("Key"),
        [DataRequired(lazy_gettext("Enter a key."))],
        description=lazy_gettext("A short word in small letters, for addresses and files. It is for ever."),
    )


class FirstPersonForm(Form):
    email = EmailField(lazy_gettext("E-mail"), [an_address])
    name = _name_field()
    language = _language_field()
