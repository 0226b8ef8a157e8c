import pytest

PASSWORD = "korrekt häst batteri"
# Of PASSWORD, with the parameters of today: hashing is slow on purpose.
HASH = "$argon2id$v=19$m=19456,t=2,p=1$bMGtx1bySDt3X2N+baIjbg$9lFDvyoS2kLqV8SeMmU3xOnbHIzEfZsPb+zViHdRnUU"


@pytest.fixture
def password(cast, session):
    """Everyone in the cast has this password."""
    for person in (cast.alva, cast.bjorn, cast.cecilia, cast.david, cast.elsa, cast.farid, cast.gun):
        person.password_hash = HASH
    session.commit()
    return PASSWORD
