"""All tables, so that importing this package completes the metadata."""

from knowledger.models.agents import AgentModel, AgentStep, Conversation, ConversationTurn
from knowledger.models.backups import Backup
from knowledger.models.base import Base, JsonB, Timestamp
from knowledger.models.billing import (
    BillingCustomer,
    Collection,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    LedgerFinding,
    MeterReading,
    StorageDay,
    StorageSnapshot,
    StripeEvent,
    Subscription,
    UsageReport,
)
from knowledger.models.connections import Connection
from knowledger.models.credits import CreditAccount, CreditGrant, CreditReservation, CreditTransfer
from knowledger.models.filings import (
    Company,
    Filing,
    FilingDocument,
    FilingReading,
    Page,
    RepositoryAccess,
    RequestPace,
    StagedPartition,
)
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
from knowledger.models.upkeep import UpkeepReport

__all__ = [
    "AgentModel",
    "AgentStep",
    "ApiKey",
    "Backup",
    "Base",
    "BillingCustomer",
    "Collection",
    "Company",
    "Connection",
    "Conversation",
    "ConversationTurn",
    "CreditAccount",
    "CreditGrant",
    "CreditReservation",
    "CreditTransfer",
    "File",
    "FilePart",
    "Filing",
    "FilingDocument",
    "FilingReading",
    "Generation",
    "Graph",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "JsonB",
    "LedgerFinding",
    "LoginAttempts",
    "Membership",
    "MeterReading",
    "Operation",
    "OperationEvent",
    "Organization",
    "Page",
    "RepositoryAccess",
    "RequestPace",
    "Role",
    "RunProgress",
    "SigninLink",
    "StagedPartition",
    "Staging",
    "StorageDay",
    "StorageSnapshot",
    "StripeEvent",
    "Subscription",
    "Timestamp",
    "UpkeepReport",
    "UsageReport",
    "User",
    "UserSession",
]
