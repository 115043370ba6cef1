"""The outbox: what wants to send a mail puts it here, in the transaction of what it tells of."""

from bot.records.mails import Attached, MailCounts, MailWrong, count_mails, is_address, put

__all__ = ["Attached", "MailCounts", "MailWrong", "count_mails", "is_address", "put"]
