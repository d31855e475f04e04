"""What a check in the child comes to."""

from dataclasses import dataclass

from core.terms import MediaType


@dataclass(frozen=True, kw_only=True)
class Clean:
    """A scan made anew, and PNG pictures of its first pages."""

    media_type: MediaType
    content: bytes
    page_count: int
    previews: tuple[bytes, ...]
