"""looks-like token: what a program shows at the JSON API of an app that people log in to."""

from pathlib import Path
from typing import Annotated

import typer

from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.options import JsonOption
from looks_like.explorer.interfaces.commands.terminal import print_result


def token(
    access: Annotated[Path, typer.Option(help="The file of who may what, as for looks-like app.")],
    who: Annotated[str, typer.Option(help="The address that the program acts for; its role stands in the file.")],
    as_json: JsonOption = False,
) -> None:
    """Print a token, good for 15 minutes: Authorization: Bearer TOKEN."""
    from looks_like.data.acting import Role
    from looks_like.explorer.interfaces.access import TOKEN_S, Tokens, read_access

    found = read_access(access)
    actor = found.actor(who)
    if actor.role is Role.NOBODY:
        raise RequestError(f"{who} is on no list in {access}")
    given = Tokens(found.secret).give(actor)
    print_result(as_json, {"token": given, "role": actor.role.name.lower(), "seconds": TOKEN_S}, given)
