"""The reminders of the day for scripts: what is due, and on demand prepared and sent."""

import argparse
import json
import sys
from dataclasses import asdict

from core import settings
from core.errors import DomainError
from core.services.messages.reminding import due_reminders, prepare_due
from core.services.messages.sending import queue_due_mail, send_queued, withdraw_settled


def remind(chosen: argparse.Namespace) -> int:
    """Print what is due as JSON; with ``--send`` prepare it and send the mail that is due."""
    answer: dict[str, object] = {**asdict(due_reminders(chosen.actor)), "prepared": 0, "sent": 0}
    if chosen.send:
        withdraw_settled(chosen.actor)
        answer["prepared"] = prepare_due(chosen.actor)
        if settings.current().smtp is None:
            return _print(answer, DomainError("mail.not_set_up"))
        try:
            queue_due_mail(chosen.actor)
        except DomainError as refusal:
            return _print(answer, refusal)
        answer |= asdict(send_queued(chosen.actor))
    return _print(answer)


def _print(answer: dict[str, object], refusal: DomainError | None = None) -> int:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    if refusal is not None:
        raise refusal
    return 0
