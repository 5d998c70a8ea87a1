"""One thing that a person may want to know, and the ways to ask for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that a person may want to know. Ways to say it are divided by "|".

    to: what a person wants to do, behind "how do i". about: a thing, behind "what is". ask:
    whole questions.
    """

    name: str
    answer: str
    to: str = ""
    about: str = ""
    ask: str = ""
