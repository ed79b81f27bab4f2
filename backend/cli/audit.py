"""`mpax audit`: whether what was decided is still what was written down.

Runs on the machine of whoever operates the stack. Hashes are recomputed here, not by the database.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.progress import Progress

from backend.cli import wiring
from backend.domains.policy.chain import Broken
from backend.flows.auditing import Audit
from backend.flows.auditing import verify as verify_receipts

_SAYS = {
    "anchor_changed": "seal {n} is not what was sealed",
    "anchor_not_after_the_one_before": "seal {n} does not follow the one before it",
    "anchors_missing": "seals {place} are missing",
    "content_changed": "receipt {n} was changed in more than one place",
    "conversation_gone": "the conversation is gone; {n} of its receipts are left",
    "end_differs": "receipt {n} is not the last one that was written",
    "end_missing": "receipts {place} are missing at the end",
    "field_changed": "receipt {n}: {place} was changed from “{expected}” to “{found}”",
    "more_than_were_written": "receipts {place} were never written by the product",
    "not_after_the_one_before": "receipt {n} does not follow the one before it",
    "policy_changed": "{place} was changed",
    "receipts_missing": "receipts {place} are missing",
    "sealed_receipt_differs": "receipt {n} is not the one that {place} sealed",
    "sealed_receipts_gone": "receipts up to {n} were sealed by {place} and are gone",
}


@click.group()
def audit() -> None:
    """Check the records that are never changed."""


@audit.command()
@click.option("--organization", metavar="SLUG", help="Only this organization's conversations.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Only what decided anything since (UTC).",
)
def verify(organization: str | None, since: datetime | None) -> None:
    """Recompute every receipt and say which one is broken, and where.

    Exit code 1 where anything is broken. The last seals are printed: kept elsewhere, they prove even a chain that was
    rewritten from its beginning.
    """
    report = wiring.run(_verified(organization, since.replace(tzinfo=UTC) if since else None))
    for broken in report.broken:
        whose = (
            f"conversation {broken.session_id}"
            if broken.session_id
            else f"organization {broken.organization_id}"
        )
        click.echo(f"broken: {whose}: {said(broken)}")
    for owner, (n, sha256) in report.heads.items():
        click.echo(f"last seal of organization {owner}: {n} {sha256}")
    looked = (
        f"{report.receipts:,} receipts of {report.conversations:,} conversations, {report.anchors:,} seals"
    )
    click.echo(f"{looked}, {report.snapshots:,} policies: {len(report.broken)} broken")
    if report.broken:
        sys.exit(1)


def said(broken: Broken) -> str:
    """One broken place in words."""
    return _SAYS[broken.code].format(
        n=broken.n, place=broken.place, found=broken.found, expected=broken.expected
    )


async def _verified(organization: str | None, since: datetime | None) -> Audit:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("receipts", total=None)

        def tell(audit: Audit) -> None:
            progress.update(task, completed=audit.conversations, total=audit.of)

        async with wiring.open_database() as database:
            return await verify_receipts(database, organization=organization, since=since, tell=tell)
