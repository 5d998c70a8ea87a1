"""What of a conversation fits into the context, and what falls out at its beginning. Pure."""

from collections.abc import Sequence

from engine.datatypes import Role, Turn

ANSWER_SHARE = 4  # of the context one part in so many is kept free for the answer
REFILL_SHARE = 0.75  # what is left is filled so far, so that not every turn drops another


def room_for_turns(limit: int, max_tokens: int) -> int:
    """Tokens of a context that are not kept free for an answer of so many at most."""
    return limit - min(max_tokens, limit // ANSWER_SHARE)


def dropped_turns(turns: Sequence[Turn], tokens: Sequence[int], limit: int, max_tokens: int) -> int:
    """How many of the oldest turns a full context leaves out; 0 while everything fits.

    Whole exchanges go, a question with its answer; a system turn in front and the last question
    stay. Once something must go, more goes than must: each cut costs a whole reading of what is
    left, since all that follows moves.

    Args:
        turns: the conversation; a system turn may come first.
        tokens: of each turn.
        limit: tokens that the model holds.
        max_tokens: of the answer.
    """
    room = room_for_turns(limit, max_tokens)
    total = sum(tokens)
    if total <= room:
        return 0
    first = 1 if turns[0].role is Role.SYSTEM else 0
    # The last question, and the answer to it that is to be continued, if there is one.
    last = len(turns) - (2 if turns[-1].role is Role.MODEL else 1)
    place = first
    while place + 2 <= last and total > room * REFILL_SHARE:
        total -= tokens[place] + tokens[place + 1]
        place += 2
    return place - first
