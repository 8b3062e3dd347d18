"""The file that says who may what: TOML with two parts.

    [auth]      # who people are: an OpenID Connect provider, in Streamlit's words
    redirect_uri = "https://shop.example/oauth2callback"
    cookie_secret = "at least 32 random characters"
    client_id = "…"
    client_secret = "…"
    server_metadata_url = "https://accounts.example/.well-known/openid-configuration"

    [roles]     # what they may, by address; * stands for any text, and the greatest role counts
    viewer = ["*@shop.example"]
    editor = ["ada@shop.example"]
    admin = ["boss@shop.example"]

Without the file whoever reaches the app is its master, so it is reached from this machine alone unless said.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from looks_like.data.acting import Actor, Role
from looks_like.explorer.errors import RequestError

_AUTH = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_SECRET_CHARACTERS_MIN, _PATTERNS_MAX, _BYTES_MAX = 32, 10_000, 1_000_000
_NAMES = {role.name.lower(): role for role in Role if role is not Role.NOBODY}


@dataclass(frozen=True)
class Access:
    """Who may what, and the key that tokens are signed with."""

    secret: str
    patterns: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)

    def actor(self, address: str) -> Actor:
        """Somebody by their address, which the provider has verified; NOBODY where no pattern fits it."""
        folded = address.casefold()
        fitting = [role for role, every in self.patterns.items() if any(fnmatchcase(folded, one) for one in every)]
        return Actor(address, max(fitting, default=Role.NOBODY))


def read_access(file: Path) -> Access:
    """RequestError says what is missing in it."""
    try:
        content = file.read_bytes()
        if len(content) > _BYTES_MAX:
            raise RequestError(f"{file}: larger than {_BYTES_MAX:,} bytes")
        said = tomllib.loads(content.decode())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise RequestError(f"{file}: can't be read as TOML ({reason})") from None
    auth, roles = said.get("auth"), said.get("roles")
    if not isinstance(auth, dict) or not isinstance(roles, dict):
        raise RequestError(f"{file}: needs two parts, [auth] and [roles]; docs/people.md has an example")
    if missing := [key for key in _AUTH if not isinstance(auth.get(key), str) or not auth[key]]:
        raise RequestError(f"{file}: [auth] lacks {', '.join(missing)}")
    if len(auth["cookie_secret"]) < _SECRET_CHARACTERS_MIN:
        raise RequestError(f"{file}: cookie_secret needs {_SECRET_CHARACTERS_MIN} characters or more, by lot")
    if unknown := [name for name in roles if name not in _NAMES]:
        raise RequestError(f"{file}: [roles] knows {', '.join(_NAMES)}, not {unknown[0]!r}")
    patterns: dict[Role, tuple[str, ...]] = {_NAMES[name]: _patterns(file, name, said) for name, said in roles.items()}
    return Access(auth["cookie_secret"], patterns)


def _patterns(file: Path, name: str, said: object) -> tuple[str, ...]:
    if not isinstance(said, list) or not all(isinstance(one, str) and one for one in said) or len(said) > _PATTERNS_MAX:
        raise RequestError(f'{file}: {name} is a list of addresses, such as ["ada@shop.example", "*@shop.example"]')
    return tuple(one.casefold().replace("[", "[[]") for one in said)
