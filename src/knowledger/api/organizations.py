"""Organizations and their members."""

from datetime import datetime

from knowledger.api.access import AsAdmin, AsUser, AsViewer, Router
from knowledger.api.shapes import Answer, Email, Name, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.api.users import confinement
from knowledger.domain.tenancy.organizations import (
    Belonging,
    add_member,
    change_role,
    create_organization,
    members_of,
    organizations_of,
    remove_member,
)
from knowledger.domain.tenancy.roles import Role

router = Router(tags=["organizations"])


class OrganizationAnswer(Answer):
    org_id: str
    name: str
    role: Role
    created_at: datetime

    @classmethod
    def of(cls, belonging: Belonging) -> "OrganizationAnswer":
        return cls(
            org_id=belonging.organization_id,
            name=belonging.name,
            role=belonging.role,
            created_at=belonging.created_at,
        )


class OrganizationsAnswer(Answer):
    orgs: list[OrganizationAnswer]


class NewOrganization(RequestBody):
    name: Name


class MemberAnswer(Answer):
    user_id: str
    email: str
    name: str
    role: Role
    joined_at: datetime


class MembersAnswer(Answer):
    members: list[MemberAnswer]


class NewMember(RequestBody):
    email: Email
    role: Role = Role.MEMBER


class NewRole(RequestBody):
    role: Role


@router.get("/orgs")
def list_organizations(caller: AsUser, session: Transaction) -> OrganizationsAnswer:
    """The organizations you belong to; by API key only the key's own."""
    belongings = organizations_of(session, caller.user_id, confinement(caller))
    return OrganizationsAnswer(orgs=[OrganizationAnswer.of(belonging) for belonging in belongings])


@router.post("/orgs", status_code=201)
def create_own_organization(body: NewOrganization, caller: AsUser, session: Transaction) -> OrganizationAnswer:
    """A new organization with you as its admin."""
    return OrganizationAnswer.of(create_organization(session, body.name, caller.user_id))


@router.get("/orgs/{org_id}")
def read_organization(org_id: str, access: AsViewer, session: Transaction) -> OrganizationAnswer:
    """One organization, and your role in it."""
    return OrganizationAnswer.of(organizations_of(session, access.user_id, org_id)[0])


@router.get("/orgs/{org_id}/members")
def list_members(org_id: str, access: AsViewer, session: Transaction) -> MembersAnswer:
    """In the order in which they joined."""
    return MembersAnswer(members=[MemberAnswer.model_validate(member) for member in members_of(session, org_id)])


@router.post("/orgs/{org_id}/members", status_code=201)
def add_user_as_member(org_id: str, body: NewMember, access: AsAdmin, session: Transaction) -> MemberAnswer:
    """Adds a registered user."""
    return MemberAnswer.model_validate(add_member(session, org_id, body.email, body.role))


@router.patch("/orgs/{org_id}/members/{user_id}")
def change_members_role(
    org_id: str, user_id: str, body: NewRole, access: AsAdmin, session: Transaction
) -> MemberAnswer:
    """The last admin stays admin."""
    return MemberAnswer.model_validate(change_role(session, org_id, user_id, body.role))


@router.delete("/orgs/{org_id}/members/{user_id}", status_code=204)
def remove_members_access(org_id: str, user_id: str, access: AsAdmin, session: Transaction) -> None:
    """Ends the membership and revokes the member's API keys of this organization. The last admin stays."""
    remove_member(session, org_id, user_id)
