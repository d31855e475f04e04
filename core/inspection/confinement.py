"""The limits a child of the inspection puts on itself before it looks at the first byte."""

import resource

from core.inspection.limits import MEMORY, PROCESSOR_SECONDS


def confine() -> None:
    """Bound this process's memory and time, and let it write no file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
