//! What hosts answer, what they answer too late, and what they do not answer at all.

use faults::Context;
use sim::{ActorId, Slot, Span};

use super::ledger::{LedgerEntry, Known};
use super::{Gateway, Spec, Timer};
use crate::money::Money;
use crate::wire::{ResponseCode, Iso, Mti, InterActorMessage};
use crate::{Models, Part};

impl Gateway {
    /// A host's word on a request or an advice.
    pub(super) fn host_answered(&mut self, spec: &Spec, iso: Iso, cx: &mut Context<'_, Models>) {
        let host = usize::from(iso.pan.host());
        let approved = iso.code == ResponseCode::APPROVED;
        let row = iso.terminal;
        let open = match self.recent(row).find(iso.stan) {
            Some(Known { entry: LedgerEntry::Open(flight), .. }) => Some(*flight),
            _ => None,
        };
        let Some(flight) = open else { return self.too_late(spec, iso, cx) };
        let (sent, asked) = self.flights.take(flight);
        debug_assert_eq!(
            (asked.terminal, asked.stan, asked.amount),
            (iso.terminal, iso.stan, iso.amount),
            "a host answers what it was asked, about the same money"
        );
        debug_assert!(cx.now() >= sent, "no host answers before it is asked");
        self.clocked(spec, host, cx.now().since(sent), cx);
        self.judge(spec, host, iso.code == ResponseCode::INOPERATIVE, cx);
        let recent = self.recent(row);
        if let Some(known) = recent.find(iso.stan) {
            known.entry = if approved { LedgerEntry::Booked } else { LedgerEntry::Declined };
            known.code = iso.code;
        }
        if approved {
            debug_assert!(iso.amount >= Money::ZERO, "no host approves {}", iso.amount);
            recent.booked += iso.amount;
            self.tell_back_office(row, iso.amount, cx);
        }
        self.answer(iso, iso.code, cx);
    }

    /// An answer that comes too late is no sign that the host is well. What it approved is reversed, because the terminal was told
    /// otherwise; a stored sale that it took in is booked, because the terminal has approved that one itself and sends it until
    /// it is taken in.
    fn too_late(&mut self, spec: &Spec, iso: Iso, cx: &mut Context<'_, Models>) {
        let known = self.recent(iso.terminal).find(iso.stan).map(|known| known.entry);
        if known != Some(LedgerEntry::Expired) {
            return;
        }
        let host = usize::from(iso.pan.host());
        debug_assert!(host < cx.settings().directory.hosts.len(), "host {host} has answered");
        self.clocked(spec, host, spec.host_timeout, cx);
        if iso.code != ResponseCode::APPROVED {
            return;
        }
        if iso.mti == Mti::AdviceResponse {
            let recent = self.recent(iso.terminal);
            if let Some(known) = recent.find(iso.stan) {
                (known.entry, known.code) = (LedgerEntry::Booked, iso.code);
            }
            recent.booked += iso.amount;
            return self.tell_back_office(iso.terminal, iso.amount, cx);
        }
        if let Some(&to) = cx.settings().directory.hosts.get(host) {
            let reversal = Iso { mti: Mti::Reversal, code: ResponseCode::NO_ANSWER, original: iso.stan, ..iso };
            cx.post(to, Part::Host, spec.to_host, InterActorMessage::Payment(reversal));
        }
    }

    /// A host's word on a reversal.
    pub(super) fn host_reversed(&mut self, iso: Iso, cx: &mut Context<'_, Models>) {
        let recent = self.recent(iso.terminal);
        if let Some(known) = recent.find(iso.stan) {
            let was = std::mem::replace(&mut known.entry, LedgerEntry::Reversed);
            if was == LedgerEntry::Booked && iso.code == ResponseCode::APPROVED {
                recent.booked -= iso.amount;
                debug_assert!(recent.booked >= Money::ZERO, "more is reversed than was booked");
                self.tell_back_office(iso.terminal, -iso.amount, cx);
            }
            if let LedgerEntry::Open(flight) = was {
                self.flights.take(flight);
            }
        }
        self.answer(iso, iso.code, cx);
    }

    fn tell_back_office(&self, terminal: ActorId, amount: Money, cx: &mut Context<'_, Models>) {
        let back_office = cx.settings().directory.back_office;
        let booked = InterActorMessage::Booked { terminal, amount };
        cx.post(back_office, Part::BackOffice, Span::ZERO, booked);
    }

    /// Gives up on every request that has waited long enough, and makes a note of the next one that may.
    pub(super) fn look_at_deadlines(&mut self, spec: &Spec, cx: &mut Context<'_, Models>) {
        debug_assert!(self.deadlines.iter().is_sorted_by_key(|(due, ..)| *due), "the first is due first");
        while let Some(&(due, terminal, stan)) = self.deadlines.front() {
            let known = self.recent(terminal).find(stan).map(|known| known.entry);
            if let Some(LedgerEntry::Open(flight)) = known
                && self.flights.get(flight).0 + spec.host_timeout == due
            {
                if due > cx.now() {
                    return cx.after(due.since(cx.now()), Timer::HostSilent);
                }
                self.host_silent(spec, flight, cx);
            }
            self.deadlines.pop_front();
        }
    }

    fn host_silent(&mut self, spec: &Spec, flight: Slot, cx: &mut Context<'_, Models>) {
        let (sent, iso) = self.flights.take(flight);
        debug_assert!(cx.now() >= sent + spec.host_timeout, "a host is silent when its time is over");
        self.judge(spec, usize::from(iso.pan.host()), true, cx);
        if let Some(known) = self.recent(iso.terminal).find(iso.stan) {
            known.entry = LedgerEntry::Expired;
        }
        self.answer(iso, ResponseCode::NO_ANSWER, cx);
    }
}
