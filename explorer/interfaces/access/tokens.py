"""Short-lived signed tokens: who somebody is and what they may, for what pages and scripts ask over HTTP.

Signed with HMAC-SHA-256 by itsdangerous, under a key derived from the file of roles; no longer believed after a time.
"""

import hashlib

from itsdangerous import BadData, URLSafeTimedSerializer

from looks_like.data.acting import Actor, Role

TOKEN_S = 15 * 60
_SALT, _CHARACTERS_MAX = "looks-like token 1", 2000


class Tokens:
    """Made and believed under one secret."""

    def __init__(self, secret: str, most_s: int = TOKEN_S) -> None:
        how = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        self._signed = URLSafeTimedSerializer(secret, salt=_SALT, signer_kwargs=how)
        self._most_s = most_s
        # browsers send the cookies of one port to all others of a machine, where another app may have another secret
        self.cookie = f"looks-like-{hashlib.sha256(f'{_SALT} {secret}'.encode()).hexdigest()[:8]}"

    def give(self, actor: Actor) -> str:
        """A token that says who this is, from now on and for `most_s` seconds."""
        return str(self._signed.dumps([actor.name, actor.role.name]))

    def read(self, token: str) -> Actor | None:
        """Whom a token is of; None for one that is forged, too old or none."""
        if len(token) > _CHARACTERS_MAX:
            return None
        try:
            name, role = self._signed.loads(token, max_age=self._most_s)
            return Actor(str(name), Role[role])
        except (BadData, ValueError, KeyError, TypeError):
            return None
