"""One server that speaks the Hugging Face Hub's API, through `huggingface_hub`.

Used of that library: where things lie (HF_ENDPOINT and mirrors), the headers with the token, its
session (proxy settings, the system's certificates) and its list of a repository's files. Not used:
its downloads, which check sizes but no checksums, cannot be stopped between two bytes, and would
bring a second protocol to a third company's servers (Xet). It is imported on first use.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from engine.errors import ErrorKind, NestlingError
from engine.hub.events import Reason

if TYPE_CHECKING:
    import httpx2

DEFAULT = "https://huggingface.co"
TOKEN_PAGE = "/settings/tokens"
_WHERE = "(HF_ENDPOINT in the environment, or the page of models)"  # its address is said
_CALLER, _KIND = "nestling", "desktop"  # in the user agent
_USUAL_PORTS = {"http": ":80", "https": ":443"}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Interrupted(Exception):
    """Something that may be gone at the next attempt.

    Args:
        reason: what it is.
        sentence: for a person, should it stay: found, expected, what to do.
        after_s: how long the server asks to be left alone, if it does.
    """

    def __init__(self, reason: Reason, sentence: str, after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.reason, self.sentence, self.after_s = reason, sentence, after_s


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a repository. sha256: of its bytes; git_sha1: of git's blob; one of them is ""."""

    name: str
    size: int
    sha256: str
    git_sha1: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A repository at one commit."""

    repo: str
    commit: str
    files: tuple[RemoteFile, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes on their way. start: where in the file they begin. pieces: what arrives, in order."""

    start: int
    pieces: Iterator[bytes]


def _tell_nothing() -> None:
    """Leave out of the headers what else is installed here, also where the library is imported."""
    from huggingface_hub import constants

    constants.HF_HUB_DISABLE_TELEMETRY = True


def address_of(wanted: str = "") -> str:
    """The server's address: as wanted, or HF_ENDPOINT, or huggingface.co. Asks nobody.

    Errors: BAD_INPUT if it is no address of a web server.
    """
    address = (wanted or os.environ.get("HF_ENDPOINT", "") or DEFAULT).rstrip("/")
    try:
        parts = urlsplit(address)
        good = (
            parts.scheme in _USUAL_PORTS
            and bool(parts.hostname)
            and "@" not in parts.netloc
            and parts.port != 0  # raises ValueError where it is no port
        )
    except ValueError:
        good = False
    if not good:
        raise NestlingError(
            ErrorKind.BAD_INPUT,
            f"the server of models is {address!r}: expected an address such as {DEFAULT}; correct "
            f"it {_WHERE}",
        )
    # Addresses of answers come without it, and are compared with this one.
    bare = parts.netloc.removesuffix(_USUAL_PORTS[parts.scheme])
    return parts._replace(netloc=bare).geturl()


def host_of(address: str) -> str:
    """The name of the machine in an address."""
    return urlsplit(address).hostname or address


class Server:
    """Asks one server. Each method may raise `Interrupted`, or NestlingError for what stays.

    Args:
        address: of the server, from `address_of`.
        token: who asks; sent to this server alone, and never in the clear over a network.
        stall_s: so long nothing may arrive.

    Errors: NETWORK, TOKEN, LICENCE, BAD_INPUT (no such repository), BAD_DOWNLOAD (a listing that
        cannot be used).
    """

    def __init__(self, address: str, token: str | None = None, stall_s: float = 30.0) -> None:
        # Read by huggingface_hub when it is imported.
        os.environ["HF_HUB_DISABLE_UPDATE_CHECK"] = "1"
        parts = urlsplit(address)
        self._private = parts.scheme == "https" or parts.hostname in _LOOPBACK
        self.address = address
        self._token = token if self._private else None
        self._stall_s = stall_s

    @property
    def knows_who_asks(self) -> bool:
        """Whether a token is sent."""
        return self._token is not None

    def page(self, repo: str) -> str:
        """Where people read about a repository and accept its terms."""
        return f"{self.address}/{repo}"

    def listing(self, repo: str) -> Listing:
        """The newest commit of a repository and its files."""
        from huggingface_hub import HfApi

        _tell_nothing()
        api = HfApi(
            endpoint=self.address,
            token=self._token or False,
            library_name=_CALLER,
            library_version=_KIND,
        )
        try:
            with self._explained(repo):
                found = api.model_info(repo, files_metadata=True, timeout=self._stall_s)
            files = tuple(
                RemoteFile(
                    sibling.rfilename,
                    _whole(sibling.lfs.size if sibling.lfs else sibling.size),
                    str(sibling.lfs.sha256) if sibling.lfs else "",
                    "" if sibling.lfs else str(sibling.blob_id or ""),
                )
                for sibling in found.siblings or ()
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._strange(repo) from error
        return Listing(repo, str(found.sha or ""), files)

    @contextmanager
    def content(self, repo: str, commit: str, file: RemoteFile, start: int) -> Iterator[Content]:
        """A file's bytes from `start` on, or from its beginning if the server knows no ranges.

        Errors: Interrupted, also by a web page or an answer of another length than the file's: it
            is no part of it, but comes from a network that stands in between.
        """
        from huggingface_hub import hf_hub_url
        from huggingface_hub.utils import (  # type: ignore[attr-defined]
            build_hf_headers,
            get_session,
            hf_raise_for_status,
        )

        _tell_nothing()
        url = hf_hub_url(repo, file.name, revision=commit, endpoint=self.address)
        headers = build_hf_headers(
            token=self._token or False, library_name=_CALLER, library_version=_KIND
        )
        headers["Accept-Encoding"] = "identity"  # else neither ranges nor sizes mean the file's
        if start:
            headers["Range"] = f"bytes={start}-"
        with self._explained(repo):
            session = get_session()
            # A redirect to another host goes without the token: the session takes it away.
            with session.stream("GET", url, headers=headers, timeout=self._stall_s) as response:
                if response.status_code == 416:
                    raise self.broken_off()
                hf_raise_for_status(response)
                begin = _begin(response)
                # Of what was asked from the middle on, a whole file without a length may be
                # anything, and would take the place of what has arrived.
                own = (file.size,) if start else (None, file.size)
                foreign = _is_page(response) or _length(response) not in own
                if begin == 0 and foreign:
                    raise self.broken_off()
                if begin is None:
                    raise self._strange(repo)
                yield Content(begin, response.iter_bytes())

    def broken_off(self) -> Interrupted:
        """An answer ended before the file did."""
        return Interrupted(
            Reason.CONNECTION,
            f"the connection to {self._host} breaks off again and again. Try another network, or "
            "go on later; what has arrived is kept",
        )

    def stalled(self) -> Interrupted:
        """Next to nothing arrives."""
        return Interrupted(
            Reason.STALLED,
            f"next to nothing arrives from {self._host}. Try another network, or go on later; "
            "what has arrived is kept",
        )

    @contextmanager
    def _explained(self, repo: str) -> Iterator[None]:
        """Turn what the libraries raise into `Interrupted` or a sentence."""
        import httpx2
        from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

        try:
            yield
        except OfflineModeIsEnabled as error:
            raise NestlingError(
                ErrorKind.NETWORK,
                "HF_HUB_OFFLINE is set in the environment, so nothing is downloaded; unset it and "
                "start again",
            ) from error
        except HfHubHTTPError as error:
            self._refused(repo, error.response, error)
        except httpx2.TimeoutException as error:
            connecting = isinstance(error, httpx2.ConnectTimeout)
            raise Interrupted(
                Reason.CONNECTION if connecting else Reason.STALLED,
                f"{self._host} does not answer: nothing came for {self._stall_s:g} s. Check the "
                "connection to the internet, then go on; what has arrived is kept",
            ) from error
        except httpx2.ProxyError as error:
            raise Interrupted(
                Reason.PROXY,
                f"the proxy of this machine's settings does not let {self._host} through "
                f"({error}). Correct HTTPS_PROXY or the system's proxy, then go on",
            ) from error
        except (httpx2.TransportError, httpx2.DecodingError, httpx2.TooManyRedirects) as error:
            if _certificate(error):
                raise NestlingError(
                    ErrorKind.NETWORK,
                    f"the certificate of {self._host} is not trusted here ({error}): check this "
                    "computer's clock, or ask who runs the network for its certificate",
                ) from error
            raise Interrupted(
                Reason.CONNECTION,
                f"the connection to {self._host} failed ({error or type(error).__name__}). Check "
                "the connection to the internet, then go on; what has arrived is kept",
            ) from error

    @property
    def _host(self) -> str:
        return host_of(self.address)

    def _strange(self, repo: str) -> NestlingError:
        return NestlingError(
            ErrorKind.BAD_DOWNLOAD,
            f"{self._host} answers for {repo} what no server of models says: check its address, or "
            "look whether the network asks for a login in the browser first",
        )

    def _refused(self, repo: str, response: httpx2.Response, error: Exception) -> NoReturn:
        """An answer of 4xx or 5xx. The text of the server decides nothing."""
        status = response.status_code
        host = response.url.host
        if status == 429:
            raise Interrupted(
                Reason.RATE_LIMIT,
                f"{host} allows no more requests for now. Wait a while, then go on; what has "
                "arrived is kept",
                _retry_after(response),
            ) from error
        home = urlsplit(self.address)
        if (host, response.url.port) != (home.hostname, home.port) and status != 407:
            # Where a redirect leads, access was granted already: signed addresses run out.
            raise Interrupted(
                Reason.SERVER,
                f"{host}, where {self._host} keeps its files, answers {status}. Try again later; "
                "what has arrived is kept",
                _retry_after(response),
            ) from error
        if status == 401 and not self._private:
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"{host} wants to know who asks for {repo}, and tokens are not sent unencrypted: "
                f"expected an https address instead of {self.address}; correct it {_WHERE}",
            ) from error
        if status == 401:
            raise NestlingError(ErrorKind.TOKEN, self._who_asks(repo)) from error
        if status == 403:
            raise NestlingError(
                ErrorKind.LICENCE,
                f"{host} does not give {repo} to the owner of this token. Open {self.page(repo)}, "
                "log in and accept the terms of the model, then go on; a fine-grained token must "
                "also allow reading public gated repositories",
            ) from error
        if status == 404:
            raise NestlingError(
                ErrorKind.BAD_INPUT,
                f"{host} has no {repo}, or no longer this version of it: expected the name of a "
                f"public repository; look at {self.page(repo)}",
            ) from error
        if status >= 500 or status in (407, 408):
            raise Interrupted(
                Reason.PROXY if status == 407 else Reason.SERVER,
                f"{host} answers {status}, a fault of its own. Try again later; what has arrived "
                "is kept",
                _retry_after(response),
            ) from error
        raise NestlingError(
            ErrorKind.NETWORK,
            f"{host} answers {status} for {repo}, which is not expected here: check the address of "
            "the server, or try again later",
        ) from error

    def _who_asks(self, repo: str) -> str:
        page = self.address + TOKEN_PAGE
        if self._token:
            return (
                f"{self._host} does not accept the token: expected one that is still valid and may "
                f"read. Make a new one at {page}"
            )
        return (
            f"{self._host} gives {repo} only to people who accepted its terms at {self.page(repo)} "
            f"and say who they are: expected a token, made at {page} (kind: read)"
        )


def _begin(response: httpx2.Response) -> int | None:
    """Where in the file an answer's bytes begin; None if it does not say so."""
    if response.status_code != 206:
        return 0
    unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
    first = rest.partition("-")[0]
    return int(first) if unit == "bytes" and first.isdecimal() else None


def _is_page(response: httpx2.Response) -> bool:
    """Whether an answer is for people to look at, as no file of a model is."""
    kind: str = response.headers.get("Content-Type", "")
    return kind.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")


def _length(response: httpx2.Response) -> int | None:
    """How many bytes an answer says that it has, as they are sent."""
    length = response.headers.get("Content-Length", "")
    plain = "Content-Encoding" not in response.headers
    return int(length) if plain and length.isdecimal() else None


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds that the server wants to be left alone; it may say a number or a moment."""
    from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined]

    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    if text:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    limit = parse_ratelimit_headers(response.headers)
    return float(limit.reset_in_seconds) if limit is not None and limit.remaining == 0 else None


def _certificate(error: BaseException | None) -> bool:
    """Whether a certificate is behind an error."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _whole(size: object) -> int:
    """A size from a listing. Raises: ValueError if it is none."""
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ValueError(f"{size!r} as the size of a file")
    return size
