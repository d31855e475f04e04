"""The database at the start of a server: migrated, in force, with its reference data."""

from sqlalchemy.exc import OperationalError

from core.services.reference import load_reference_data
from core.settings import ConfigurationError
from db import engine
from db.migrate import migrate


def open_database(url: str) -> None:
    """Bring the database at ``url`` up to date and use it in this process from now on.

    Raises :class:`ConfigurationError` when nothing answers there.
    """
    try:
        migrate(url)
    except OperationalError as fault:
        reason = str(fault.orig).strip().splitlines()[0]
        raise ConfigurationError(
            (f"DATABASE_URL: the database cannot be used: {reason}",)
        ) from fault
    engine.configure(url)
    load_reference_data()


def close_database() -> None:
    """Close every connection of this process."""
    engine.dispose()
