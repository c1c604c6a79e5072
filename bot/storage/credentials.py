"""What workspaces gave when the app was installed there. Only whoever holds the key can read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from bot.storage.database import Tx
from bot.storage.tables import credentials


def sealed(tx: Tx, platform: str, workspace: str) -> str | None:
    """Return what is kept for a workspace, encrypted."""
    return tx.execute(select(credentials.c.sealed).where(*_of(platform, workspace))).scalar()


def keep(tx: Tx, platform: str, workspace: str, sealed: str, now: datetime) -> None:
    """Keep ``sealed`` for a workspace in the place of what was kept before."""
    changed = tx.execute(update(credentials).where(*_of(platform, workspace)).values(sealed=sealed, updated=now))
    if not changed.rowcount:
        row = {"platform": platform, "workspace": workspace, "sealed": sealed, "updated": now}
        tx.execute(insert(credentials).values(row))


def forget(tx: Tx, platform: str, workspace: str) -> None:
    """Forget what a workspace gave; its organisation and all that is theirs stay."""
    tx.execute(delete(credentials).where(*_of(platform, workspace)))


def _of(platform: str, workspace: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return credentials.c.platform == platform, credentials.c.workspace == workspace
