"""The tables of the record store. Every row belongs to a school."""

from bot.records.models.attachments import Attachment, AttachmentContent
from bot.records.models.base import Base, School, UtcTime
from bot.records.models.conversations import (
    SENDERS,
    STATES,
    STATUSES,
    UNANSWERED,
    Conversation,
    Entry,
    Erasure,
    Offer,
)
from bot.records.models.guidance import (
    Destination,
    DestinationInvitation,
    LineVersion,
    Proposal,
    RecordLine,
    RecordView,
)
from bot.records.models.people import (
    ConversationOwner,
    Pupil,
    PupilSession,
    SchoolSetting,
    SignInCode,
    StaffMember,
)

__all__ = [
    "SENDERS",
    "STATES",
    "STATUSES",
    "UNANSWERED",
    "Attachment",
    "AttachmentContent",
    "Base",
    "Conversation",
    "ConversationOwner",
    "Destination",
    "DestinationInvitation",
    "Entry",
    "Erasure",
    "LineVersion",
    "Offer",
    "Proposal",
    "Pupil",
    "PupilSession",
    "RecordLine",
    "RecordView",
    "School",
    "SchoolSetting",
    "SignInCode",
    "StaffMember",
    "UtcTime",
]
