import httpx
from structlog.testing import capture_logs

from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps
from tests.api.serving import serving
from tests.api.world import World


def test_a_request_is_logged_by_template_and_ids_alone(client: httpx.Client, world: World) -> None:
    path = f"/v1/orgs/{world.own.organization_id}/members"
    body = {"email": "secret@example.org"}
    with capture_logs() as logs:
        client.post(path, json=body, params={"q": "secret"}, headers={"X-API-Key": world.own.admin.key})
    (line,) = logs
    assert line.pop("ms") > 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "POST",
        "route": "/v1/orgs/{org_id}/members",
        "status": 404,
        "user_id": world.own.admin.user_id,
        "organization_id": world.own.organization_id,
        "graph_id": None,
    }


def test_metrics_count_by_template(deps: ApiDeps, world: World) -> None:
    with serving(create_app(deps)) as url, httpx.Client(base_url=url) as client:
        client.get(f"/v1/orgs/{world.own.organization_id}", headers={"X-API-Key": world.own.viewer.key})
        client.request("PROPFIND", "/no/such/place")
        metrics = client.get("/metrics").text
    assert 'knowledger_requests_total{method="GET",route="/v1/orgs/{org_id}",status="200"} 1.0' in metrics
    assert 'knowledger_requests_total{method="other",route="unmatched",status="404"} 1.0' in metrics
    assert 'knowledger_request_seconds_count{method="GET",route="/v1/orgs/{org_id}"} 1.0' in metrics
