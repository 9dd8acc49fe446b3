//! What people have said of sources, in memory, and how it takes effect.

use std::collections::HashMap;
use std::sync::PoisonError;

use super::line::Line;
use super::settle::by_time;
use crate::alert::Stance;
use crate::rules::SourceId;
use crate::store::StoreError;

/// All stances ever given, by source.
#[derive(Debug, Default)]
pub(super) struct Stances(HashMap<SourceId, Vec<Stance>>);

impl Stances {
    /// Those that the store holds.
    pub(super) fn of(stances: Vec<Stance>) -> Self {
        let mut all = Self::default();
        stances.into_iter().for_each(|stance| all.take(stance));
        all
    }

    /// Those about one source, in order of time.
    pub(super) fn about(&self, source: &SourceId) -> &[Stance] {
        self.0.get(source).map_or(&[], Vec::as_slice)
    }

    /// Gives what was said of a source to the id that it has now.
    pub(super) fn rename(&mut self, old: &SourceId, new: &SourceId) {
        let said = self.0.remove(old).unwrap_or_default();
        if !said.is_empty() {
            let of_both = self.0.entry(new.clone()).or_default();
            of_both.extend(said.into_iter().map(|stance| Stance { source: new.clone(), ..stance }));
            of_both.sort_by_key(|stance| stance.given_at);
        }
    }

    fn take(&mut self, stance: Stance) {
        self.0.entry(stance.source.clone()).or_default().push(stance);
    }
}

impl Line {
    /// Takes what a person has said, for good and at once: it is written down, and the sources are judged anew. It is in
    /// force before it is waited for that it reaches the disk, since whoever asked may not wait with us.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn take_stances(&self, stances: Vec<Stance>) -> Result<(), StoreError> {
        stances.into_iter().try_for_each(|stance| self.take_stance(stance))?;
        self.store.flush().await
    }

    fn take_stance(&self, stance: Stance) -> Result<(), StoreError> {
        let id = stance.source.clone();
        self.store.keep_stance(&stance)?;
        self.stances.lock().unwrap_or_else(PoisonError::into_inner).take(stance);
        let Some(slot) = self.slot(&id) else { return Ok(()) };
        let (now, terms) = (self.clock.now(), self.terms(self.source(slot)));
        let _one_at_a_time = self.settling();
        let settled = self.store.update(&[id], now, |_, stored| by_time(&stored, &terms, now))?;
        for settled in &settled {
            self.tell(slot, settled)?;
            self.judgements.put(slot, settled.judge_at);
        }
        self.news.notify_one();
        Ok(())
    }
}
