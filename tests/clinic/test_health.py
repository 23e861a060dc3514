import pytest


@pytest.mark.django_db
def test_healthz_answers(client):
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_readyz_asks_the_database(client):
    assert client.get("/readyz").status_code == 200
