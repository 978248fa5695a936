"""Lasting grants as people see them: listed, and revoked."""

from functools import partial

from dispatch_core.approval_views import GrantView
from dispatch_core.dispatcher.room import Room
from dispatch_core.errors import NotFound, NotYours
from dispatch_core.policy.deciders import may_revoke
from dispatch_core.records import grants
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import Decider


class Granting(Room):
    """The verbs around grants."""

    async def grants_on(self, device_id: str) -> tuple[GrantView, ...]:
        """The grants that stand on a device, newest first; the caller shows them to its owner."""
        return await self.store.read(lambda tx: tuple(grants.of_device(tx, device_id)))

    async def revoke_grant(self, grant_id: str, decider: Decider) -> GrantView:
        """End a grant now; harmless where it has ended. Raises NotFound, NotYours."""
        return await self.store.write(partial(self._revoke, grant_id, decider))

    def _revoke(self, grant_id: str, decider: Decider, tx: Transaction) -> GrantView:
        view = grants.find(tx, grant_id)
        if view is None:
            raise NotFound(what="grant", name=grant_id)
        if not may_revoke(self.parts.rules, decider, view.device_owner, view.made_by):
            raise NotYours(who="the device's owner, or an approver,", action="revoke this")
        grants.revoke(tx, grant_id, decider.person)
        return grants.find(tx, grant_id) or view
