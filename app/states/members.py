"""Members of an organization, what each may do, and how the organization approves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from app import bridge
from app.config_views import MemberRow, Option, PermissionCell
from app.states.acting import acting, key
from app.states.desk import permissions
from backend.core.context import Context
from backend.domains.events import approvals
from backend.domains.events.lifecycle import ApprovalPolicy
from backend.domains.identity import service as identity
from backend.domains.identity.model import Member
from backend.flows import membership

#: Every permission in the order of the matrix: the words above its column, and what it lets somebody do.
PERMISSIONS = {
    "view_config": ("Read", "Read documents, versions and drafts"),
    "edit_document": ("Edit", "Edit documents"),
    "edit_system_prompt": ("Prompts", "Edit what the guide is told"),
    "add_remove_tools": ("Tools", "Add and remove the guide's tools"),
    "modify_integrations": ("Services", "Change data sources, channels and providers"),
    "change_voice_params": ("Voice", "Change the voice"),
    "move_levers": ("Levers", "Move levers, flags and stop switches"),
    "manage_branches": ("Branches", "Open, merge and close branches"),
    "approve_changes": ("Approve", "Agree to the changes of others"),
    "deploy_to_production": ("Publish", "Put versions in force"),
    "rollback_versions": ("Roll back", "Go back to an earlier version"),
    "manage_permissions": ("Members", "Say who may do what"),
}
RISKS = {"low", "medium", "high"}
NUMBERS = ("low", "medium", "high", "escalate_conversations", "escalate_holds", "draft_days")


class Members(rx.State):
    """One organization; who belongs to several chooses by `?org=`."""

    ready: bool = False
    organizations: list[Option] = []
    chosen: str = ""
    rows: list[MemberRow] = []
    heads: list[Option] = [Option(help_text, words) for words, help_text in PERMISSIONS.values()]
    may_manage: bool = False
    policy: dict[str, str] = {}
    policy_read: int = 0
    busy: bool = False
    failure: str = ""
    policy_failure: str = ""

    _organization_id: str = ""
    _overrides: dict[str, dict[str, Any]] = {}
    _permissions: dict[str, dict[str, Any]] = {}

    @rx.event
    async def load(self) -> None:
        await bridge.limit(self, "read")
        async with bridge.unit(self) as ctx:
            found = [m for m in await identity.list_memberships(ctx) if not m.is_dealer]
            self.organizations = [Option(m.slug, m.name) for m in found]
            asked = self.router.url.query_parameters.get("org", "")
            own = next((m for m in found if m.slug == asked), found[0] if found else None)
            if own is not None:
                self.chosen, self._organization_id = own.slug, str(own.organization_id)
                await self._read(ctx, own.organization_id)
        self.ready = True

    async def _read(self, ctx: Context, organization_id: UUID) -> None:
        rights = await permissions(ctx, organization_id)
        self.may_manage = bool(rights.get("manage_permissions"))
        members = await identity.list_members(ctx, organization_id=organization_id)
        self._overrides = {str(m.user_id): dict(m.overrides) for m in members}
        self._permissions = {str(m.user_id): dict(m.permissions) for m in members}
        self.rows = [member_row(m, ctx.actor.user_id) for m in members]
        self.policy = policy_form(await approvals.get_policy(ctx, organization_id=organization_id))
        self.policy_read += 1

    @rx.event
    def choose(self, slug: str):
        return rx.redirect(f"/cockpit/members?org={slug}")

    @rx.event
    async def toggle(self, member: str, permission: str, on: bool):
        if permission in PERMISSIONS:
            return await self._set(member, {**self._overrides.get(member, {}), permission: on})
        return None

    @rx.event
    async def set_risk(self, member: str, risk: str):
        if risk in RISKS:
            return await self._set(member, {**self._overrides.get(member, {}), "max_risk_level": risk})
        return None

    @rx.event
    async def use_preset(self, member: str):
        """Takes back everything that was given or taken beyond the role."""
        return await self._set(member, {})

    async def _set(self, member: str, overrides: dict[str, Any]) -> Any:
        async with acting(self) as actor:
            await membership.set_permissions(
                bridge.runtime(),
                actor,
                organization_id=UUID(self._organization_id),
                user_id=UUID(member),
                config_permissions=overrides,
                key=key(),
            )
        return Members.load

    @rx.event
    async def save_policy(self, form: dict[str, Any]):
        self.busy = True
        yield
        async with acting(self) as actor:
            await membership.set_approval_policy(
                bridge.runtime(),
                actor,
                organization_id=UUID(self._organization_id),
                changes=policy_of(form),
                key=key(),
            )
            yield [rx.toast.success("Saved. It holds for every draft from now on."), Members.load]
        self.policy_failure, self.failure = self.failure, ""


def policy_of(form: dict[str, Any]) -> dict[str, Any]:
    """What the form says, as the service takes it."""
    numbers = {name: int(form[name]) for name in NUMBERS if str(form.get(name, "")).isdecimal()}
    return numbers | {"high_needs_admin": form.get("high_needs_admin") in {"on", "true", True}}


def policy_form(found: ApprovalPolicy) -> dict[str, str]:
    """The organization's policy of approvals as a form has it."""
    return {name: str(getattr(found, name)) for name in NUMBERS} | {
        "high_needs_admin": "true" if found.high_needs_admin else "false"
    }


def member_row(member: Member, me: object) -> MemberRow:
    """A row of the matrix. A cell differs where an admin gave or took something beyond the role."""
    return MemberRow(
        id=str(member.user_id),
        email=member.email,
        role=member.role.capitalize(),
        you=member.user_id == me,
        cells=[_cell(member, name, help_text) for name, (_, help_text) in PERMISSIONS.items()],
        max_risk=str(member.permissions.get("max_risk_level", "low")),
        max_differs="max_risk_level" in member.overrides,
        differs=bool(member.overrides),
    )


def _cell(member: Member, name: str, words: str) -> PermissionCell:
    on, differs = bool(member.permissions.get(name)), name in member.overrides
    role = member.role.capitalize()
    hint = f"{'given' if on else 'taken'} beyond the role {role}" if differs else f"as the role {role} says"
    return PermissionCell(key=name, label=words, on=on, differs=differs, hint=hint)
