import pytest

PAGES = ["", "assess", "assess/lifecomp/1", "frameworks", "frameworks/digcomp-3", "sources"]


@pytest.mark.parametrize("page", PAGES)
def test_everyone_has_these_pages_also_before_anything_has_happened(cast, sign_in, page):
    assert sign_in(cast.alva).get(f"/competence/{page}").status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "map", "profiles", "profiles/new"])
def test_signed_out_one_is_asked_to_sign_in(cast, client, page):
    assert client.get(f"/competence/{page}").status_code == 303
    assert client.get(f"/competence/{page}", headers={"Accept": "application/json"}).status_code == 401
