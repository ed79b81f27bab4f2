"""`mpax audit`: whether what was decided is still what was written down.

Runs on the machine of whoever operates the stack. Hashes are recomputed here, not by the database.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import click
from rich.console import Console
from rich.progress import Progress

from backend.cli import wiring
from backend.domains.policy.chain import Broken
from backend.domains.policy.seals import Seal
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
    "noted_seal_differs": "seal {n} is not the one that was noted",
    "noted_seal_gone": "seal {n} was noted and is gone",
    "nothing_written": "it happened without a single receipt",
    "not_sealed": "receipts {place} were not sealed within five minutes",
    "not_after_the_one_before": "receipt {n} does not follow the one before it",
    "policy_changed": "{place} was changed",
    "policy_unknown": "receipt {n} names a policy that is not there",
    "receipts_missing": "receipts {place} are missing",
    "sealed_receipt_differs": "receipt {n} is not the one that {place} sealed",
    "sealed_receipts_gone": "receipts up to {n} were sealed by {place} and are gone",
    "seal_end_differs": "seal {n} is not the last one that was made",
    "seals_cut": "seals {place} are missing at the end",
    "snapshot_added": "{place} was never given by the product",
    "snapshot_changed": "{place} is not the one that its receipt is about",
    "snapshot_gone": "{place} is gone",
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
@click.option(
    "--head",
    "heads",
    metavar="ORG:N:SHA",
    multiple=True,
    callback=lambda _, __, given: [noted(head) for head in given],
    help="A last seal that was printed before and has to be there still. May be repeated.",
)
def verify(organization: str | None, since: datetime | None, heads: list[Seal]) -> None:
    """Recompute every receipt and say which one is broken, and where.

    Exit code 1 where anything is broken. The last seals are printed: kept elsewhere and given with --head the next time, they
    prove even seals that were deleted, or a chain that was rewritten from its beginning.
    """
    report = wiring.run(_verified(organization, since.replace(tzinfo=UTC) if since else None, heads))
    for broken in report.broken:
        whose = (
            f"conversation {broken.session_id}"
            if broken.session_id
            else f"organization {broken.organization_id}"
        )
        click.echo(f"broken: {whose}: {said(broken)}")
    for owner, (n, sha256) in report.heads.items():
        click.echo(f"last seal: {owner}:{n}:{sha256}")
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


def noted(head: str) -> Seal:
    """A seal as it is printed. Raises: BadParameter where it is none."""
    try:
        owner, n, sha256 = head.split(":")
        return Seal(UUID(owner), int(n), sha256.lower())
    except ValueError as error:
        raise click.BadParameter(f"“{head}” is no seal; expected ORG:N:SHA as it is printed.") from error


async def _verified(organization: str | None, since: datetime | None, heads: Sequence[Seal]) -> Audit:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("receipts", total=None)

        def tell(audit: Audit) -> None:
            progress.update(task, completed=audit.conversations, total=audit.of)

        async with wiring.open_database() as database:
            return await verify_receipts(
                database, organization=organization, since=since, noted=heads, tell=tell
            )
