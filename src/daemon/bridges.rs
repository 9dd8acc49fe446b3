//! Bridges at work: when a canary has been settled, the accounts that are read through its bridge are settled with it,
//! all together, and the operator is told once.

use std::sync::PoisonError;

use chrono::{DateTime, Utc};

use super::line::Line;
use super::settle::{Settled, by_bridge};
use crate::alert::{OperatorKey, Sign};
use crate::assess::{BridgeHealth, Canary, Cause, Standing, bridge_health};
use crate::rules::{Bridge, BridgeId, Source, SourceId};
use crate::schedule::Slot;
use crate::store::{StoreError, Stored};

/// What followed from settling a canary.
#[derive(Debug, Default)]
pub(super) struct Heeded {
    /// The accounts that were settled with it.
    pub(super) settled: Vec<(Slot, Settled)>,
    /// Whether the bridge delivers now, so that these are worth a visit.
    pub(super) is_well: bool,
}

impl Line {
    /// Settles the accounts of a bridge, if `slot` is a canary of it and it stands otherwise than before; whoever asks holds
    /// [`Self::settling`].
    ///
    /// # Errors
    /// If the store fails.
    pub(super) fn heed_canary(&self, slot: Slot, now: DateTime<Utc>) -> Result<Heeded, StoreError> {
        let Some(bridge) = &self.source(slot).canary_of else { return Ok(Heeded::default()) };
        let health = self.bridge_health(bridge, now)?;
        if !self.is_another_state(bridge, &health) {
            return Ok(Heeded::default());
        }
        self.tell_of_bridge(bridge, &health)?;
        let slots = self.read_through(bridge);
        let ids: Vec<SourceId> = slots.iter().map(|slot| self.source(*slot).id.clone()).collect();
        let settled = self.store.update(&ids, now, |index, stored| {
            by_bridge(&stored, &self.terms(self.source(slots[index])), bridge, &health, now)
        })?;
        for (slot, settled) in slots.iter().zip(&settled) {
            self.tell(*slot, settled)?;
        }
        let is_well = matches!(health, BridgeHealth::Well { .. });
        Ok(Heeded { settled: slots.into_iter().zip(settled).collect(), is_well })
    }

    /// How a bridge stands, by its canaries.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(crate) fn bridge_health(
        &self,
        id: &BridgeId,
        now: DateTime<Utc>,
    ) -> Result<BridgeHealth, StoreError> {
        let Some(bridge) = self.rules.bridges.iter().find(|bridge| bridge.id == *id) else {
            return Ok(BridgeHealth::Unproven);
        };
        let seen: Result<Vec<(&Source, Stored)>, StoreError> =
            bridge.canaries.iter().map(|canary| Ok((canary, self.stored(canary)?))).collect();
        let seen = seen?;
        let canaries: Vec<Canary<'_>> =
            seen.iter().map(|(canary, stored)| self.canary(canary, stored)).collect();
        Ok(bridge_health(&canaries, now))
    }

    fn canary<'a>(&self, canary: &'a Source, stored: &'a Stored) -> Canary<'a> {
        let record = &stored.record;
        let deadline = self.terms(canary).case(record, None).deadline();
        Canary {
            name: &canary.name,
            newest: record.newest().map(|newest| newest.date),
            stale_from: deadline.map(|deadline| deadline.overdue_from),
            failure: record.failure.as_ref().map(|failure| (&failure.cause, failure.since)),
        }
    }

    /// Remembers how a bridge stands; says whether it stood otherwise when its accounts were last told. How far it is proved
    /// to deliver is no other state: each visit learns that for itself.
    fn is_another_state(&self, bridge: &BridgeId, health: &BridgeHealth) -> bool {
        let mut known = self.bridges.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.insert(bridge.clone(), health.clone());
        before.is_none_or(|before| match (&before, health) {
            (BridgeHealth::Well { .. }, BridgeHealth::Well { .. }) => false,
            (before, health) => before != health,
        })
    }

    fn tell_of_bridge(&self, bridge: &BridgeId, health: &BridgeHealth) -> Result<(), StoreError> {
        let key = OperatorKey::SickBridge { bridge: bridge.to_string() };
        match health {
            BridgeHealth::Sick { why } => {
                let accounts = self.read_through(bridge).len();
                let name = self.bridge(bridge).map_or(bridge.as_str(), |bridge| bridge.name.as_str());
                let says = format!(
                    "“{name}”：{why}。经由它读取的 {accounts} 个账号暂列未知，不发预警；请检查并恢复该服务"
                );
                self.observe(&key, &Sign::Stands(says))
            }
            BridgeHealth::Well { .. } => self.observe(&key, &Sign::Over),
            BridgeHealth::Unproven => Ok(()),
        }
    }

    fn bridge(&self, id: &BridgeId) -> Option<&Bridge> {
        self.rules.bridges.iter().find(|bridge| bridge.id == *id)
    }

    /// The accounts that are read through a bridge, alone or among other ways.
    fn read_through(&self, bridge: &BridgeId) -> Vec<Slot> {
        let of_bridge = self
            .rules
            .sources
            .iter()
            .zip(0..)
            .filter(|(source, _)| source.ways.iter().any(|way| way.bridge.as_ref() == Some(bridge)));
        of_bridge.map(|(_, slot)| Slot(slot)).collect()
    }
}

/// Whether nobody can tell how an account stands because of its bridge: the bridge is sick, or it has only just recovered and
/// nobody has looked through it since.
pub(super) fn is_its_bridges(source: &Source, standing: &Standing) -> bool {
    let asked = || source.ways.iter().filter(|way| way.upstream().is_some());
    let only_by_bridges = || asked().next().is_some() && asked().all(|way| way.bridge.is_some());
    match standing {
        Standing::Unknown(Cause::SickBridge { .. }) => true,
        Standing::Unknown(Cause::LookTooOld | Cause::NoWayLooked) => only_by_bridges(),
        Standing::Unknown(_)
        | Standing::Fresh
        | Standing::DueSoon
        | Standing::Overdue
        | Standing::Blank
        | Standing::Exempt => false,
    }
}
