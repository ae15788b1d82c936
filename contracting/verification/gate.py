"""How often one address may ask: the door is open to everybody."""

from __future__ import annotations

import time
from typing import Final

from django.core.cache import cache

from contracting.core import origin
from contracting.core.errors import NotVisible
from contracting.verification.calculations import Question, question_from
from contracting.verification.refusals import TooOften

QUESTIONS: Final = 240
UPLOADS: Final = 12
_MINUTE: Final = 60


def question_asked(token: str, parts: list[str], named: str) -> Question:
    """What an address asks about, if it may be asked now.

    :param parts: hashes of what the file was before something was added to it
    :param named: the code of the paper that the file says it is
    :raises NotVisible: if the token can be no hash and no code
    :raises TooOften: if too much was asked from the same address
    """
    question = question_from(token, parts, named)
    if question is None:
        message = "That is neither the hash of a file nor a code."
        raise NotVisible(message)
    require_room("questions", QUESTIONS)
    return question


def require_room(what: str, most: int) -> None:
    """Count a question of the present address; the counts are forgotten by the minute.

    :raises TooOften: beyond ``most`` in this minute
    """
    minute = int(time.time()) // _MINUTE
    key = f"verification:{what}:{origin.current().ip or 'here'}:{minute}"
    cache.add(key, 0, timeout=2 * _MINUTE)
    try:
        asked = cache.incr(key)
    except ValueError:
        return  # forgotten between the two: the cache was emptied
    if asked > most:
        message = (
            f"More than {most} questions came from your address in this minute. Wait a "
            "minute and ask again; nothing is lost."
        )
        raise TooOften(message)
