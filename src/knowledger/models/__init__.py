"""All tables, so that importing this package completes the metadata."""

from knowledger.models.backups import Backup
from knowledger.models.base import Base, JsonB, Timestamp
from knowledger.models.graphs import File, FilePart, Generation, Graph, Staging
from knowledger.models.operations import Operation, OperationEvent
from knowledger.models.pipelines import RunProgress
from knowledger.models.tenancy import (
    ApiKey,
    LoginAttempts,
    Membership,
    Organization,
    Role,
    SigninLink,
    User,
    UserSession,
)

__all__ = [
    "ApiKey",
    "Backup",
    "Base",
    "File",
    "FilePart",
    "Generation",
    "Graph",
    "JsonB",
    "LoginAttempts",
    "Membership",
    "Operation",
    "OperationEvent",
    "Organization",
    "Role",
    "RunProgress",
    "SigninLink",
    "Staging",
    "Timestamp",
    "User",
    "UserSession",
]
