"""Values of identity. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Role(StrEnum):
    """What a member may do; the database holds the matrix."""

    ADMIN = "admin"
    OPERATOR = "operator"
    SPECIALIST = "specialist"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Membership:
    """One organization that a person belongs to."""

    organization_id: UUID
    slug: str
    name: str
    kind: str
    role: Role

    @property
    def is_dealer(self) -> bool:
        return self.kind == "dealer"

    @property
    def may_publish(self) -> bool:
        """For showing or hiding a button; the database decides again."""
        return self.role in (Role.ADMIN, Role.OPERATOR)


class Permission(StrEnum):
    """What a member may be given or refused; `max_risk_level` beside them has a level, not a yes or no."""

    VIEW_CONFIG = "view_config"
    EDIT_DOCUMENT = "edit_document"
    EDIT_SYSTEM_PROMPT = "edit_system_prompt"
    ADD_REMOVE_TOOLS = "add_remove_tools"
    MODIFY_INTEGRATIONS = "modify_integrations"
    CHANGE_VOICE_PARAMS = "change_voice_params"
    MOVE_LEVERS = "move_levers"
    MANAGE_BRANCHES = "manage_branches"
    APPROVE_CHANGES = "approve_changes"
    DEPLOY_TO_PRODUCTION = "deploy_to_production"
    ROLLBACK_VERSIONS = "rollback_versions"
    MANAGE_PERMISSIONS = "manage_permissions"


@dataclass(frozen=True, slots=True)
class Member:
    """One person of an organization. `permissions` are those that hold: the role's, with `overrides` laid over them."""

    user_id: UUID
    email: str
    role: Role
    overrides: Mapping[str, Any]
    permissions: Mapping[str, Any]
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A staff sign-in just opened: `token` goes into the cookie and is kept nowhere else."""

    token: str
    user_id: UUID
    email: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made; `token` goes into the mail and is kept nowhere else."""

    id: UUID
    email: str
    role: Role
    token: str
