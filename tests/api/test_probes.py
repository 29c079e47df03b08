import httpx


def test_alive(client: httpx.Client) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
