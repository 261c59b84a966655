# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender and the worker process say to each other: one JSON object a line.

Blender writes to the worker's stdin. The worker writes into a file in the folder of the request
that it is at, so that what it says of one run is never taken for another's.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from .maps import Kind
from .settings import Settings, Value

EVENTS = "events.jsonl"
"""Name of the file, in a request's folder, to which the worker adds what it has to say."""


@dataclass(frozen=True, slots=True)
class StoredMap:
    """A :class:`~.maps.Map` whose pixels lie in a file."""

    path: str
    """Of a ``.npy`` file, (height, width, channels), float32."""
    kind: Kind = Kind.DATA
    weight: float = 1.0
    alpha: int | None = None
    name: str = ""
    bottom_up: bool = False
    as_png: bool = False
    """Whether the result is to be a PNG file of 8 bits, of values from 0 to 1, and no ``.npy``."""


@dataclass(frozen=True, slots=True)
class Request:
    """Blender asks for a texture, or for all maps of a material."""

    kind: ClassVar[str] = "request"
    folder: str
    """Private folder of this run: holds the maps, receives events, previews and the results."""
    maps: list[StoredMap]
    height: int
    """Of the first map's result."""
    width: int
    settings: dict[str, Value] = field(default_factory=lambda: asdict(Settings()))


@dataclass(frozen=True, slots=True)
class Cancel:
    """Blender wants the run that it asked for last to stop."""

    kind: ClassVar[str] = "cancel"


@dataclass(frozen=True, slots=True)
class Finish:
    """Blender wants the run that it asked for last to finish soon, with what there is."""

    kind: ClassVar[str] = "finish"


@dataclass(frozen=True, slots=True)
class Advanced:
    """The run has come this far."""

    kind: ClassVar[str] = "advanced"
    level: int
    levels: int
    fraction: float


@dataclass(frozen=True, slots=True)
class Previewed:
    """A level is done; its picture of the first map lies in a ``.npy`` file."""

    kind: ClassVar[str] = "previewed"
    path: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that the artist should know, without stopping the run."""

    kind: ClassVar[str] = "warned"
    message: str


@dataclass(frozen=True, slots=True)
class Done:
    """Each map's result lies in a file, as it was asked for, in the request's order; nothing
    follows."""

    kind: ClassVar[str] = "done"
    paths: list[str]


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The run stopped as asked; nothing follows."""

    kind: ClassVar[str] = "cancelled"


@dataclass(frozen=True, slots=True)
class Failed:
    """The run failed, for this reason in an artist's words; nothing follows."""

    kind: ClassVar[str] = "failed"
    message: str


Message = Request | Cancel | Finish | Advanced | Previewed | Warned | Done | Cancelled | Failed

_KINDS: dict[str, type[Message]] = {
    message.kind: message
    for message in (Request, Cancel, Finish, Advanced, Previewed, Warned, Done, Cancelled, Failed)
}


def to_line(message: Message) -> str:
    """The message as one line of JSON, its end included."""
    return json.dumps({"kind": message.kind, **asdict(message)}) + "\n"


def from_line(line: str) -> Message:
    """The message in a line.

    Raises:
        ValueError: the line is no message.
    """
    values = json.loads(line)
    try:
        message = _KINDS[values.pop("kind")]
        if message is Request:
            values["maps"] = [_stored_map(**stored) for stored in values["maps"]]
        return message(**values)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no message: {line!r}") from error


def _stored_map(kind: str, **rest: Any) -> StoredMap:
    return StoredMap(kind=Kind(kind), **rest)
