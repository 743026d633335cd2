"""The HTTP status of each domain error; kinds before what they are kinds of."""

from __future__ import annotations

from api.access.errors import (
    AccountExists,
    ApiKeyNeeded,
    ApiKeyRefused,
    AuditKeyUnreadable,
    ForgedRequest,
    IdentityTaken,
    InvalidAccount,
    InvalidApiKey,
    LastAdministrator,
    NotPermitted,
    OwnAccount,
    PasswordChangeNeeded,
    ReasonMissing,
    ScopeMissing,
    SessionNeeded,
    SignInRefused,
    SiteNotPermitted,
    TooManyAttempts,
    UnknownAccount,
    UnknownApiKey,
    UnsuitablePassword,
    WrongPassword,
)
from api.admission import ServiceBusy
from api.backups.errors import BackupError, UnknownBackup
from api.citizen_limits import TooManyTries
from api.citizen_requests import RequestRefused
from api.openai_v1.errors import CompletionRefused, NotReady, UnknownModel
from api.rate_limits import TooManyRequests
from assistant.errors import UnknownAnswer
from assistant.handoff.errors import HandoffError, NothingSaid, UnknownHandoff
from assistant.hotline.errors import HotlineError, OrderIncomplete, ProgressNotFound, ReasonRequired, SealBroken, UnknownOrder
from assistant.hotline.webhook_subscribers import InvalidSubscriber, UnknownSubscriber
from assistant.insight.errors import InsightError, UnknownIssue
from assistant.ratings.errors import AnswerChanged, RatingError, TakenUpBefore
from assistant.retention import ConversationStillOpen, UnknownConversation
from assistant.surveys.errors import AnsweredBefore, SurveyError
from indexing.errors import IndexingError, RefreshInProgress, RunNotReady, UnknownRun
from knowledge_base.content.errors import ContentConflict, ContentError, UnknownEntry
from knowledge_base.errors import (
    ImpossibleChange,
    InvalidEntry,
    RevisionConflict,
    StoreUnavailable,
    UnknownDocument,
    UnknownRegion,
    UnreadableDocument,
)
from knowledge_base.intake.errors import (
    DraftChanged,
    DraftDecided,
    FileRefused,
    ProposalDecided,
    UnknownDraft,
    UnknownProposal,
    UnknownUpload,
)
from knowledge_base.sources.errors import InvalidSource, NothingRunning, SourceBusy, SourceChanged, SourceSwitchedOff, UnknownSource

_STATUS_BY_ERROR: tuple[tuple[type[Exception], int], ...] = (
    (UnknownDocument, 404),
    (UnknownEntry, 404),
    (ContentConflict, 409),
    (ContentError, 422),
    (UnknownUpload, 404),
    (UnknownDraft, 404),
    (UnknownProposal, 404),
    (UnknownAnswer, 404),
    (UnknownConversation, 404),
    (ConversationStillOpen, 409),
    (UnknownHandoff, 404),
    (UnknownOrder, 404),
    (ProgressNotFound, 404),
    (NothingSaid, 422),
    (RequestRefused, 422),
    (OrderIncomplete, 422),
    (ReasonRequired, 422),
    (SealBroken, 503),
    (UnknownSubscriber, 404),
    (InvalidSubscriber, 422),
    (AuditKeyUnreadable, 503),
    (UnknownRegion, 422),
    (InvalidEntry, 422),
    (UnreadableDocument, 422),
    (RevisionConflict, 409),
    (ImpossibleChange, 409),
    (DraftChanged, 409),
    (DraftDecided, 409),
    (ProposalDecided, 409),
    (FileRefused, 422),
    (UnknownSource, 404),
    (InvalidSource, 422),
    (SourceChanged, 409),
    (SourceBusy, 409),
    (SourceSwitchedOff, 409),
    (NothingRunning, 409),
    (UnknownRun, 404),
    (RefreshInProgress, 409),
    (RunNotReady, 409),
    (UnknownIssue, 404),
    (InsightError, 422),
    (AnswerChanged, 409),
    (TakenUpBefore, 409),
    (RatingError, 422),
    (AnsweredBefore, 409),
    (SurveyError, 422),
    (TooManyTries, 429),
    (TooManyRequests, 429),
    (ServiceBusy, 503),
    (CompletionRefused, 422),
    (UnknownModel, 404),
    (NotReady, 503),
    (HandoffError, 409),
    (HotlineError, 409),
    (SessionNeeded, 401),
    (SignInRefused, 401),
    (PasswordChangeNeeded, 403),
    (NotPermitted, 403),
    (ForgedRequest, 403),
    (SiteNotPermitted, 403),
    (UnknownAccount, 404),
    (AccountExists, 409),
    (LastAdministrator, 409),
    (UnsuitablePassword, 422),
    (WrongPassword, 422),
    (InvalidAccount, 422),
    (ReasonMissing, 422),
    (OwnAccount, 409),
    (IdentityTaken, 409),
    (TooManyAttempts, 429),
    (ApiKeyNeeded, 401),
    (ApiKeyRefused, 401),
    (ScopeMissing, 403),
    (InvalidApiKey, 422),
    (UnknownApiKey, 404),
    (UnknownBackup, 404),
    (BackupError, 409),
    (StoreUnavailable, 503),
    (IndexingError, 503),
)


def status_of(error: Exception) -> int:
    """HTTP status of a domain error; 500 where none is named."""
    return next((status for kind, status in _STATUS_BY_ERROR if isinstance(error, kind)), 500)
