import httpx
import pytest

from tests.api.world import Person, World


def as_(person: Person) -> dict[str, str]:
    return {"X-API-Key": person.key}


def members_of(client: httpx.Client, world: World) -> dict[str, str]:
    answer = client.get(f"/v1/orgs/{world.own.organization_id}/members", headers=as_(world.own.admin))
    return {member["user_id"]: member["role"] for member in answer.json()["members"]}


def test_an_organization_lists_its_members_with_their_roles(client: httpx.Client, world: World) -> None:
    own = world.own
    assert members_of(client, world) == {
        own.admin.user_id: "admin",
        own.member.user_id: "member",
        own.viewer.user_id: "viewer",
    }


def test_a_new_organization_has_its_maker_as_admin(client: httpx.Client, world: World) -> None:
    made = client.post("/v1/orgs", json={"name": "  Acme "}, headers=as_(world.own.viewer))
    assert (made.status_code, made.json()["name"], made.json()["role"]) == (201, "Acme", "admin")


def test_a_registered_user_can_be_added_whatever_the_case_of_the_email(client: httpx.Client, world: World) -> None:
    added = client.post(
        f"/v1/orgs/{world.own.organization_id}/members",
        json={"email": world.foreign.viewer.email.upper(), "role": "viewer"},
        headers=as_(world.own.admin),
    )
    assert added.status_code == 201
    assert members_of(client, world)[world.foreign.viewer.user_id] == "viewer"


@pytest.mark.parametrize(("email", "code"), [("nobody@example.org", "NoSuchUser"), (None, "AlreadyMember")])
def test_who_cannot_be_added(client: httpx.Client, world: World, email: str | None, code: str) -> None:
    refused = client.post(
        f"/v1/orgs/{world.own.organization_id}/members",
        json={"email": email or world.own.viewer.email},
        headers=as_(world.own.admin),
    )
    assert refused.json()["error"]["code"] == code


def test_a_changed_role_counts_at_once(client: httpx.Client, world: World) -> None:
    member = f"/v1/orgs/{world.own.organization_id}/members/{world.own.viewer.user_id}"
    assert client.patch(member, json={"role": "admin"}, headers=as_(world.own.admin)).json()["role"] == "admin"
    assert client.patch(member, json={"role": "viewer"}, headers=as_(world.own.viewer)).status_code == 200


def test_a_removed_member_loses_their_keys_for_good(client: httpx.Client, world: World) -> None:
    members = f"/v1/orgs/{world.own.organization_id}/members"
    removed = client.delete(f"{members}/{world.own.viewer.user_id}", headers=as_(world.own.admin))
    assert removed.status_code == 204
    assert client.get("/v1/user", headers=as_(world.own.viewer)).status_code == 401
    client.post(members, json={"email": world.own.viewer.email}, headers=as_(world.own.admin))
    assert client.get("/v1/user", headers=as_(world.own.viewer)).status_code == 401


def test_the_last_admin_can_neither_go_nor_step_down(client: httpx.Client, world: World) -> None:
    admin = f"/v1/orgs/{world.own.organization_id}/members/{world.own.admin.user_id}"
    gone = client.delete(admin, headers=as_(world.own.admin))
    stepped_down = client.patch(admin, json={"role": "viewer"}, headers=as_(world.own.admin))
    assert [gone.json()["error"]["code"], stepped_down.json()["error"]["code"]] == ["LastAdmin", "LastAdmin"]
    assert members_of(client, world)[world.own.admin.user_id] == "admin"
