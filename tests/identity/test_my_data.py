def test_it_works(cast, sign_in):
    page = sign_in(cast.farid, cast.fyren).get("/me").text
    for words in (
        "farid@ekeby.example",
        "Ekeby kommun",
        "Skolan",
        "Ungdomshuset Fyren",
        "Kansliet",
        "Björn Dahl",
    ):
        assert words in page


def test_one_corrects_ones_own_name_and_language(cast, sign_in):
    client = sign_in(cast.alva)
    assert client.post("/me", data={"name": "  Alva   Lind ", "language": "en"}).status_code == 303
    assert (cast.alva.name, cast.alva.language) == ("Alva Lind", "en")


def test_a_name_is_needed(cast, sign_in):
    answer = sign_in(cast.alva).post("/me", data={"name": " ", "language": "sv"})
    assert answer.status_code == 400
    assert 'id="name-error"' in answer.text
    assert cast.alva.name == "Alva Ek"


def test_one_takes_along_what_is_kept(cast, sign_in):
    answer = sign_in(cast.farid).get("/me/export")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="kunna-')
    assert answer.json["person"]["email"] == "farid@ekeby.example"
    assert [m["organisation"] for m in answer.json["memberships"]] == ["Ekeby kommun", "Ungdomshuset Fyren"]
    assert "password_hash" not in answer.text
