"""Which channel carries what."""

import logging
from types import ModuleType

from clinic.channels import Answer, Envelope, Outcome, email, sms

logger = logging.getLogger(__name__)

CHANNELS: dict[str, ModuleType] = {"sms": sms, "email": email}


def hand_over(channel: str, envelope: Envelope) -> Answer:
    """Never raises: what a channel did not foresee may have happened after the message was on its way."""
    try:
        return CHANNELS[channel].send(envelope)
    except Exception:
        logger.exception("message %s: its channel failed", envelope.key)
        return Answer(Outcome.UNKNOWN, error_code="channel_failed")


def has_keys(channel: str) -> bool:
    """Whether the same key again is the same message to this channel's gateway."""
    return CHANNELS[channel].HAS_KEYS
