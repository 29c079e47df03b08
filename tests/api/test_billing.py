"""What operators do for customers over HTTP."""

import httpx
import pytest

from tests.api.world import World


@pytest.mark.parametrize("known", [True, False])
def test_credits_are_given_to_organizations_that_there_are(client: httpx.Client, world: World, known: bool) -> None:
    """The operator belongs to neither."""
    path = f"/v1/billing/credits/{world.own.organization_id if known else 'org_nobody'}/grants"
    gift = {"credits": "2.5", "idempotency_key": "thanks"}
    answer = client.post(path, json=gift, headers={"X-API-Key": world.operator.key})
    found = (answer.status_code, answer.json().get("error", {}).get("code"))
    assert found == ((201, None) if known else (404, "OrganizationNotFound"))
