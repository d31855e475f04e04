"""The security headers of every answer.

The content policy is the tightest under which Streamlit works in Chromium: no foreign host, no
inline script but Streamlit's own (by its hash), no eval. Inline styles are how its widgets are
drawn; the one worker it starts comes from a blob.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import streamlit

from core import settings


@cache
def security_headers() -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of every answer as ASGI wants them."""
    headers = {
        "content-security-policy": _content_policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if settings.current().is_https:
        headers["strict-transport-security"] = "max-age=31536000"
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


def _content_policy() -> str:
    scripts = " ".join(f"'sha256-{digest}'" for digest in _inline_script_hashes())
    directives = (
        "default-src 'self'",
        f"script-src 'self' {scripts}".rstrip(),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
    return "; ".join(directives)


def _inline_script_hashes() -> tuple[str, ...]:
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)
    return tuple(
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts
    )
