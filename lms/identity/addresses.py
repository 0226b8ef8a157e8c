"""E-mail addresses as people write them and as we keep them."""

from email_validator import EmailNotValidError, validate_email


def normal(address: str) -> str | None:
    """The one way we write an address, or None if it cannot be one."""
    try:
        # Reserved domains such as .test are let through: demonstrations and tests are made of them.
        checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.normalized.lower()
