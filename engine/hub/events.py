"""What a download tells while it runs. Plain data; knows nothing of how it is shown."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Reason(StrEnum):
    """Why a download waits before it goes on by itself."""

    CONNECTION = "connection"  # none, or it broke off
    STALLED = "stalled"  # nothing, or next to nothing, arrived for too long
    RATE_LIMIT = "rate_limit"  # the server asks for patience
    SERVER = "server"  # the server has a fault
    PROXY = "proxy"  # the proxy of this machine's settings does not let it through


@dataclass(frozen=True, slots=True)
class Planned:
    """What will be fetched. total, here, free: bytes in all, of them here already, on the disk."""

    repo: str
    commit: str
    files: int
    total: int
    here: int
    free: int


@dataclass(frozen=True, slots=True)
class Checking:
    """What an earlier run fetched of a file is read again. done, total: bytes of it."""

    file: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Arriving:
    """Bytes of one file and of all.

    rate: bytes a second over the last seconds. seconds_left: at this rate, None while unknown.
    """

    file: str
    file_done: int
    file_total: int
    done: int
    total: int
    rate: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """It goes on by itself after so many seconds. attempt: the next one's number, from 2 on."""

    reason: Reason
    seconds: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Damaged:
    """A file arrived with another checksum than announced; it is fetched once more."""

    file: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole model lies here, every file's checksum proved."""

    folder: Path


Event = Planned | Checking | Arriving | Waiting | Damaged | Finished
