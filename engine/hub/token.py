"""The token that tells the Hub who asks: kept in the system's keyring, and nowhere else."""

import os

from engine.errors import ErrorKind, NestlingError
from engine.hub.server import DEFAULT, host_of

SERVICE = "nestling"
ENVIRONMENT = "HF_TOKEN"

NO_KEYRING = (
    "This system has no keyring that is open (such as GNOME Keyring or KWallet), so the token is "
    "not kept: it holds for this download, and will be asked for again. To keep it yourself, set "
    "HF_TOKEN in the environment"
)


def token_for(address: str) -> str | None:
    """The token for a server: HF_TOKEN, or the one in the keyring, or of `hf auth login`."""
    if token := os.environ.get(ENVIRONMENT, "").strip():
        return token
    return kept(address) or _of_login(address)


def kept(address: str) -> str | None:
    """The token in the keyring; None if there is none, or no keyring."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, host_of(address)) or None
    except (KeyringError, OSError):
        return None


def looked_up(address: str) -> str | None:
    """As `kept`, and a keyring that does not tell is not taken for an empty one.

    Errors: KEYRING.
    """
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    host = host_of(address)
    try:
        return keyring.get_password(SERVICE, host) or None
    except NoKeyringError:
        return None
    except (KeyringError, OSError) as error:
        raise NestlingError(
            ErrorKind.KEYRING,
            f"The system's keyring cannot be asked for a token for {host} ({_reason(error)}). Open "
            "the keyring and try again.",
        ) from error


def keep(address: str, token: str) -> bool:
    """Put the token into the keyring. Returns: whether it is there now."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, host_of(address), token)
    except (KeyringError, OSError):
        return False
    # The backend that throws everything away says nothing.
    return kept(address) == token


def forget(address: str) -> bool:
    """Take the token out of the keyring. Returns: whether there was one.

    Errors: KEYRING if it may still be there.
    """
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    host = host_of(address)
    try:
        # Looked up first: KWallet says the same of what is not there and of what stays locked.
        if keyring.get_password(SERVICE, host) is None:
            return False
        keyring.delete_password(SERVICE, host)
    except NoKeyringError:
        return False  # there is nowhere that it could be
    except (KeyringError, OSError) as error:
        raise NestlingError(
            ErrorKind.KEYRING,
            f"A token for {host} may still be in the system's keyring: it could not be taken out "
            f"({_reason(error)}). Open the keyring and try again, or delete the entry of "
            f'"{SERVICE}" in the keyring\'s own program.',
        ) from error
    return True


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".!") or type(error).__name__


def checked(text: str) -> str:
    """A token as it was typed or pasted.

    Errors: TOKEN if it cannot be one.
    """
    token = text.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise NestlingError(
            ErrorKind.TOKEN,
            "what was given is no token: expected letters and digits without a space, such as "
            "hf_ and 34 more; copy it again from the page where it was made",
        )
    return token


def _of_login(address: str) -> str | None:
    """The token that the Hub's own program keeps; for the Hub itself, never for a mirror."""
    if address != DEFAULT:
        return None
    from huggingface_hub import get_token

    return get_token()
