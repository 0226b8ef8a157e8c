import re

import pytest
from sqlalchemy import select

from lms.identity.models import Organisation, Role


def shown(client):
    page = client.get("/project").text
    return re.findall(r'class="row-title"><a[^>]*>([^<]+)</a>.*?row-facts">[^<]*?(\d+)', page, re.S)


@pytest.fixture
def organisation(session):
    return lambda key: session.scalars(select(Organisation).where(Organisation.key == key)).first()


def test_it_works(cast, sign_in):
    numbers = dict(shown(sign_in(cast.cecilia)))
    assert numbers["Kompetenslyft Mälardalen"] == "8"
    assert numbers["Mälardalen öst"] == "6"
    assert numbers["Ungdomshuset Fyren"] == "3"
    assert numbers["Ungdomsverksamheten"] == "2"
    assert numbers["Nordverk AB"] == "1"


def test_everyone_sees_their_own_branch(cast, sign_in):
    assert {name for name, _ in shown(sign_in(cast.david))} == {
        "Mälardalen öst",
        "Ungdomshuset Fyren",
        "Ungdomsverksamheten",
        "Kansliet",
        "Ekeby kommun",
        "Skolan",
        "Arbetsmarknadsenheten",
    }
    assert {name for name, _ in shown(sign_in(cast.elsa))} == {
        "Ekeby kommun",
        "Skolan",
        "Arbetsmarknadsenheten",
    }
    assert shown(sign_in(cast.gun)) == [("Nordverk AB", "1")]
    assert sign_in(cast.alva).get("/project").status_code == 403


def test_the_tree_is_a_fixed_number_of_queries(cast, session, sign_in, count_queries):
    client = sign_in(cast.cecilia)

    def queries():
        with count_queries() as counted:
            client.get("/project")
        return counted.number

    before = queries()
    session.add_all(
        Organisation(kind="partner", key=f"partner-{n}", name=f"Partner {n}", parent=cast.west) for n in range(40)
    )
    session.commit()
    assert queries() == before


def test_a_project_leader_adds_a_partner_and_asks_somebody_to_look_after_it(cast, sign_in, organisation, letters):
    cecilia = sign_in(cast.cecilia)
    assert cecilia.post("/project/vast/add", data={"name": "Sjövik kommun", "key": "sjovik"}).status_code == 303
    assert (organisation("sjovik").kind, organisation("sjovik").parent) == ("partner", cast.west)
    form = {"email": "ida@sjovik.example", "name": "Ida Lund", "language": "sv"}
    assert cecilia.post("/project/sjovik/invite", data=form).status_code == 303
    assert "To: ida@sjovik.example" in letters()[0]
    page = cecilia.get("/people?place=sjovik").text
    assert "Ida Lund" in page


def test_an_administrator_adds_a_unit_whose_key_is_made_for_it(cast, sign_in, organisation):
    elsa = sign_in(cast.elsa)
    for _ in range(2):
        assert elsa.post("/project/ekeby/add", data={"name": "Vård & omsorg"}).status_code == 303
    assert organisation("ekeby-vard-omsorg").kind == "unit"
    assert organisation("ekeby-vard-omsorg-2").parent == cast.ekeby


@pytest.mark.parametrize(
    ("key", "field"), [("fyren", "key"), ("Sjövik", "key"), ("a--b", "key"), ("", "key"), ("x" * 61, "key")]
)
def test_a_key_that_cannot_be_is_refused_at_its_field(cast, sign_in, key, field):
    answer = sign_in(cast.cecilia).post("/project/vast/add", data={"name": "Sjövik kommun", "key": key})
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    assert "Sjövik kommun" in answer.text


@pytest.mark.parametrize(
    ("who", "key"),
    [
        ("elsa", "fyren"),
        ("elsa", "ost"),
        ("gun", "ekeby"),
        ("elsa", "ekeby-skola"),
        ("cecilia", "ekeby-skola"),
    ],
)
def test_nobody_adds_where_it_is_not_theirs(cast, sign_in, who, key):
    client = sign_in(getattr(cast, who))
    assert client.get(f"/project/{key}/add").status_code == 404
    assert client.post(f"/project/{key}/add", data={"name": "X", "key": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("ekeby", Role.ADMINISTRATOR),
        ("ost", Role.COORDINATOR),
        ("kompetenslyft-malardalen", Role.PROJECT_LEADER),
    ],
)
def test_whoever_looks_after_an_organisation_gets_its_role(cast, session, sign_in, key, role, organisation):
    form = {"email": "ida@example.org", "name": "Ida Lund", "language": "sv"}
    assert sign_in(cast.cecilia).post(f"/project/{key}/invite", data=form).status_code == 303
    from lms.identity.models import Membership

    newest = session.scalars(select(Membership).order_by(Membership.id.desc())).first()
    assert (newest.organisation, newest.roles) == (organisation(key), {Role.LEARNER, role})


@pytest.mark.parametrize("who", ["david", "elsa", "gun"])
def test_only_the_project_leader_asks(cast, sign_in, who):
    assert sign_in(getattr(cast, who)).get("/project/ekeby/invite").status_code == 403
