import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from lms.identity.models import Membership, PeopleDraft, Person, Role

LIST = """E-post;Namn;Enhet;Roll;Chef;Språk
britt@ekeby.example;Britt Ås;Skolan;Chef;;
carl@ekeby.example;Carl Berg;Skolan;;britt@ekeby.example;en
farid@ekeby.example;;Arbetsmarknadsenheten;;britt@ekeby.example;
"""


def choose(client, text, name="lista.csv"):
    content = text if isinstance(text, bytes) else text.encode("cp1252")
    return client.post("/people/import", data={"file": (BytesIO(content), name)})


def agree(client, text, **form):
    looked = choose(client, text).location
    return client.post(looked, data=form)


@pytest.fixture
def elsa(cast, sign_in):
    return sign_in(cast.elsa)


@pytest.fixture
def number_of(session):
    return lambda model: session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def at_ekeby(cast, session):
    def found(email):
        wanted = select(Membership).join(Membership.person).where(Person.email == email)
        return session.scalars(wanted.where(Membership.organisation_id == cast.ekeby.id)).first()

    return found


def test_it_works(cast, elsa, at_ekeby, letters):
    page = elsa.get(choose(elsa, LIST).location).text
    assert "Britt Ås" in page
    assert at_ekeby("britt@ekeby.example") is None
    answer = agree(elsa, LIST)
    assert (answer.status_code, answer.location) == (303, "/people")
    britt, carl, farid = (at_ekeby(f"{name}@ekeby.example") for name in ("britt", "carl", "farid"))
    assert britt.roles == {Role.LEARNER, Role.MANAGER}
    assert (carl.unit.name, carl.manager, carl.person.language) == ("Skolan", britt, "en")
    assert (farid.unit.name, farid.manager, farid.person.name) == ("Arbetsmarknadsenheten", britt, "Farid Nazari")
    assert letters() == []


def test_bringing_it_in_again_changes_nothing(elsa, session, number_of):
    agree(elsa, LIST)

    def everything():
        session.expire_all()
        return [
            (m.id, m.person_id, m.unit_id, m.manager_id, m.role_profile_key, m.began_at, m.invited_at, m.roles)
            for m in session.scalars(select(Membership).order_by(Membership.id))
        ]

    before = everything()
    page = elsa.get(choose(elsa, LIST).location).text
    assert re.findall(r"<dd>(\d+)", page) == ["0", "0", "3"]
    assert agree(elsa, LIST).status_code == 303
    assert everything() == before


def test_looking_changes_nothing(elsa, number_of):
    before = number_of(Person), number_of(Membership)
    looked = choose(elsa, LIST).location
    elsa.get(looked)
    assert (number_of(Person), number_of(Membership)) == before


def test_everything_that_is_wrong_is_told_by_row_and_column_and_nothing_is_done(elsa, number_of):
    before = number_of(Person)
    wrong = (
        LIST + "not-an-address;Dag;Skolan;;;\nerik@ekeby.example;Erik;Skolan;;;\nfrida@ekeby.example;=1+1;Kansliet;;;\n"
    )
    looked = choose(elsa, wrong).location
    page = elsa.get(looked).text
    told = re.findall(r'class="number"[^>]*>(\d+)</th><td[^>]*>([^<]+)</td>', page)
    assert [line for line, _ in told] == ["5", "7", "7"]
    assert elsa.post(looked).status_code == 400
    assert number_of(Person) == before


def test_invitations_leave_only_when_asked_for(cast, session, elsa, letters, password, at_ekeby):
    known = "E-post;Namn\nalva@fyren.example;Somebody Else\nny@ekeby.example;Ny Person\nfarid@ekeby.example;\n"
    assert agree(elsa, known, invite="y").status_code == 303
    told = {letter.split("\n")[0]: letter for letter in letters()}
    assert set(told) == {"To: alva@fyren.example", "To: ny@ekeby.example"}
    assert "/choose-password/" in told["To: ny@ekeby.example"]
    assert "/choose-password/" not in told["To: alva@fyren.example"]
    assert at_ekeby("ny@ekeby.example").invited_at is not None
    assert at_ekeby("farid@ekeby.example").invited_at is None


def test_someone_known_elsewhere_looks_like_anyone_new(cast, elsa, at_ekeby):
    looked = elsa.get(choose(elsa, "E-post;Namn\nalva@fyren.example;Ny Person\n").location).text
    unknown = elsa.get(choose(elsa, "E-post;Namn\nnyss@fyren.example;Ny Person\n").location).text
    blank = re.compile(r'alva@fyren.example|nyss@fyren.example|[0-9a-f-]{36}|name="csrf_token" value="[^"]*"')
    assert blank.sub("", looked) == blank.sub("", unknown)
    agree(elsa, "E-post;Namn\nalva@fyren.example;Ny Person\n")
    assert (cast.alva.name, at_ekeby("alva@fyren.example").manager_id) == ("Alva Ek", None)


def test_someone_who_left_comes_back_without_what_they_had(cast, session, elsa, at_ekeby, hold_clock, at):
    farid = at_ekeby("farid@ekeby.example")
    hold_clock(at)
    farid.ended_at = at
    session.commit()
    agree(elsa, "E-post;Namn;Roll\nfarid@ekeby.example;Farid Nazari;författare\n")
    assert at_ekeby("farid@ekeby.example") is farid
    assert (farid.ended_at, farid.unit_id, farid.roles) == (None, None, {Role.LEARNER, Role.AUTHOR})


def test_a_file_that_cannot_be_read_is_refused_at_its_field(elsa, number_of):
    for content in (b"\x89PNG\0\0", b"PK\x03\x04", "Namn\nAlva\n", ""):
        assert choose(elsa, content).status_code == 400
    assert elsa.post("/people/import", data={}).status_code == 400
    assert number_of(PeopleDraft) == 0


def test_columns_that_are_not_read_are_told_and_not_kept(elsa, session):
    choose(elsa, "E-post;Namn;Personnummer\na@ekeby.example;A;19800101-0000\n")
    [draft] = session.scalars(select(PeopleDraft))
    assert "19800101" not in str(draft.rows)
    assert "Personnummer" in elsa.get("/people/import").text


def test_what_waits_is_for_its_owner_for_an_hour(cast, session, elsa, sign_in, hold_clock, at):
    hold_clock(at)
    looked = choose(elsa, LIST).location
    gun = sign_in(cast.gun)
    assert [gun.get(looked).status_code, gun.post(looked).status_code] == [404, 404]
    hold_clock(at + timedelta(minutes=60))
    assert [elsa.get(looked).status_code, elsa.post(looked).status_code] == [404, 404]


def test_a_yes_to_one_file_is_no_yes_to_the_next(elsa, number_of):
    before = number_of(Person)
    first = choose(elsa, LIST).location
    choose(elsa, "E-post;Namn\nannan@ekeby.example;Annan\n")
    assert elsa.post(first).status_code == 404
    assert number_of(Person) == before


def test_what_has_changed_since_it_was_looked_at_is_looked_at_again(cast, session, elsa):
    looked = choose(elsa, LIST).location
    session.delete(cast.units["ekeby-arbetsmarknad"])
    session.commit()
    answer = elsa.post(looked)
    assert answer.status_code == 400
    assert "Arbetsmarknadsenheten" in answer.text


def test_an_old_draft_goes_when_the_next_one_comes(cast, session, elsa, sign_in, hold_clock, at, number_of):
    hold_clock(at)
    choose(sign_in(cast.gun), "E-post;Namn\na@nordverk.example;A\n")
    hold_clock(at + timedelta(hours=2))
    choose(elsa, LIST)
    assert number_of(PeopleDraft) == 1


@pytest.mark.parametrize("who", ["alva", "bjorn", "cecilia", "david"])
def test_only_administrators_bring_files(cast, sign_in, who):
    client = sign_in(getattr(cast, who))
    assert client.get("/people/import").status_code == 403
    assert choose(client, LIST).status_code == 403


def test_a_thousand_people_take_no_query_each(elsa, count_queries):
    many = "E-post;Namn;Chef\n" + "".join(
        f"p{n}@ekeby.example;Person {n};p{n // 20}@ekeby.example\n" if n else "p0@ekeby.example;Person 0;\n"
        for n in range(1000)
    )
    looked = choose(elsa, many).location
    with count_queries() as counted:
        assert elsa.post(looked).status_code == 303
    assert len([statement for statement in counted.statements if statement.startswith("SELECT")]) < 40
