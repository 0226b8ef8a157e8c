def test_it_works(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_cast(cast, session, count_queries):
    with count_queries() as counted:
        assert cast.alva.memberships
    assert cast.membership(cast.farid, cast.fyren).manager is cast.membership(cast.bjorn, cast.fyren)
