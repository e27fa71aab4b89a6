"""What programs send is known or refused: no field and no parameter is dropped in silence.

A filter that is misspelt would else narrow nothing, and nobody would know.
"""

from collections.abc import Iterable
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

_NAMED = 5  # of the names that are not known
_LONGEST = 40  # characters of one
_SAYS = "there is no such field: there are {known}"


class Sent(BaseModel):
    """An object that comes in; the fields it may have are those it names."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _has_known_fields(cls, sent: Any) -> Any:
        if isinstance(sent, dict):
            known = [field.alias or name for name, field in cls.model_fields.items()]
            if strange := unknown(sent, known):
                told = {"named": ", ".join(strange), "known": ", ".join(known)}
                raise PydanticCustomError("unknown_field", _SAYS, told)
        return sent


def unknown(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the first few names that are not known, each cut to be shown."""
    strange = sorted(set(map(str, names)) - set(known))
    return [name[:_LONGEST] for name in strange[:_NAMED]]


def known_parameters(request: Request) -> None:
    """Refuse a request whose address has parameters that its route does not name.

    Raises:
        RequestValidationError: it has some.
    """
    known = [field.alias for field in request.scope["route"].dependant.query_params]
    strange = unknown(request.query_params, known)
    if strange:
        there_are = f"there are {', '.join(known)}" if known else "none is taken here"
        raise RequestValidationError(
            [
                {"loc": ("query", name), "msg": f"there is no such parameter: {there_are}"}
                for name in strange
            ]
        )
