//! Advances all cells through windows of one lookahead, on one thread or on many.
//!
//! A window is skipped when nothing is due in it, and a cell that is alone needs none. On many threads each worker keeps
//! its own cells; messages to the cells of another worker go through a mailbox a pair of workers, and one barrier a window
//! holds them together. What comes out cannot depend on who ran what when, because every agenda orders its events by (time,
//! sender, sender's count).

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crate::actor::Layout;
use crate::cell::{Actors, Cell, CrossCellMessage};
use crate::time::{Instant, Span};

/// What a run shows while it is under way, and how it is told to stop. Reading it changes nothing.
#[derive(Debug, Default)]
pub struct Pulse {
    now: AtomicU64,
    events: AtomicU64,
    stop: AtomicBool,
}

impl Pulse {
    /// The window that is being run.
    pub fn now(&self) -> Instant {
        Instant(self.now.load(Ordering::Relaxed))
    }
    /// A run has come so far.
    pub(crate) fn reached(&self, now: Instant) {
        self.now.store(now.0, Ordering::Relaxed);
    }
    /// Events handled so far, as of the last look every few windows.
    pub fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }
    /// Asks the run to stop after the window under way.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
    /// True if the run was asked to stop.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// End of the window that begins with the earliest event of all: whatever it sends arrives a lookahead later.
fn window_end(earliest: Instant, lookahead: Span, end: Instant) -> Instant {
    let limit = (earliest + lookahead).min(end);
    debug_assert!(limit > earliest, "a window has a length, or nothing would ever be due in it");
    limit
}

/// A cell that is alone is run so many windows at a time: often enough to be seen and stopped.
const WINDOWS_ALONE: u64 = 1_024;

/// How far a run on one thread is to go.
#[derive(Clone, Copy)]
pub(crate) struct Until {
    /// The end (exclusive).
    pub(crate) end: Instant,
    /// With so many facts that have not been taken out it stops before the end.
    pub(crate) facts: usize,
}

/// Runs a cell that is alone: nothing can come from another one, so it stops for nobody. Returns how far it came (exclusive).
pub(crate) fn run_alone<A: Actors>(
    cell: &mut Cell<A>,
    settings: &A::Settings,
    lookahead: Span,
    Until { end, facts }: Until,
    pulse: &Pulse,
) -> Instant {
    let mut limit = Instant::START;
    loop {
        let next = cell.quiet_until();
        if next >= end || pulse.stopped() {
            return end;
        }
        if cell.facts() >= facts {
            return limit;
        }
        limit = window_end(next, lookahead * WINDOWS_ALONE, end);
        cell.advance(settings, limit);
        debug_assert!(cell.outbox().is_empty(), "there is no other cell to send to");
        pulse.now.store(limit.0, Ordering::Relaxed);
        pulse.events.store(cell.fingerprint().events(), Ordering::Relaxed);
    }
}

/// Runs all cells on the calling thread. Returns how far it came (exclusive).
pub(crate) fn run_on_one<A: Actors>(
    cells: &mut [Cell<A>],
    settings: &A::Settings,
    (layout, lookahead): (Layout, Span),
    Until { end, facts }: Until,
    pulse: &Pulse,
) -> Instant {
    let mut limit = Instant::START;
    let mut noted: usize = cells.iter().map(Cell::facts).sum();
    let mut quiet: Vec<Instant> = cells.iter().map(Cell::quiet_until).collect();
    let mut messages: Vec<CrossCellMessage<A>> = Vec::new();
    let mut windows = 0u64;
    loop {
        let next = quiet.iter().copied().min().unwrap_or(Instant::NEVER);
        if next >= end || pulse.stopped() {
            return end;
        }
        if noted >= facts {
            return limit;
        }
        limit = window_end(next, lookahead, end);
        for me in 0..cells.len() {
            if quiet[me] >= limit {
                continue;
            }
            noted -= cells[me].facts();
            cells[me].advance(settings, limit);
            noted += cells[me].facts();
            quiet[me] = cells[me].quiet_until();
            std::mem::swap(&mut messages, cells[me].outbox());
            for message in messages.drain(..) {
                debug_assert!(message.at() >= limit, "a message between cells outlasts its window");
                let to = layout.cell_of(message.to());
                quiet[to] = quiet[to].min(message.at());
                cells[to].accept(message);
            }
        }
        windows += 1;
        if windows.is_multiple_of(1024) {
            pulse.now.store(limit.0, Ordering::Relaxed);
            let events = cells.iter().map(|cell| cell.fingerprint().events()).sum();
            pulse.events.store(events, Ordering::Relaxed);
        }
    }
}

/// Waits until all workers are here. Spins for a while, then lets others have the core.
struct Barrier {
    workers: usize,
    arrived: AtomicUsize,
    round: AtomicUsize,
}

impl Barrier {
    fn wait(&self) {
        let round = self.round.load(Ordering::Acquire);
        let here = self.arrived.fetch_add(1, Ordering::AcqRel) + 1;
        debug_assert!(here <= self.workers, "no more arrive than there are workers");
        if here == self.workers {
            self.arrived.store(0, Ordering::Relaxed);
            self.round.store(round.wrapping_add(1), Ordering::Release);
            return;
        }
        let mut spins = 0u32;
        while self.round.load(Ordering::Acquire) == round {
            spins += 1;
            if spins < 2_000 {
                std::hint::spin_loop();
            } else {
                std::thread::yield_now();
            }
        }
    }
}

/// What workers share: the mail, and each one's next moment, told apart by the parity of the round.
struct Shared<A: Actors> {
    mail: Vec<Mutex<Vec<CrossCellMessage<A>>>>,
    next: [Vec<AtomicU64>; 2],
    barrier: Barrier,
}

/// Runs all cells up to `end` (exclusive) on `workers` threads.
pub(crate) fn run_on_many<A: Actors>(
    cells: &mut [Cell<A>],
    settings: &A::Settings,
    (layout, lookahead): (Layout, Span),
    end: Instant,
    workers: usize,
    pulse: &Pulse,
) {
    assert!(workers > 1, "one worker needs no barrier");
    let shared = Shared {
        mail: (0..workers * workers).map(|_| Mutex::default()).collect(),
        next: std::array::from_fn(|_| (0..workers).map(|_| AtomicU64::new(0)).collect()),
        barrier: Barrier { workers, arrived: AtomicUsize::new(0), round: AtomicUsize::new(0) },
    };
    let mut worker_cells: Vec<Vec<&mut Cell<A>>> = (0..workers).map(|_| Vec::new()).collect();
    for (index, cell) in cells.iter_mut().enumerate() {
        worker_cells[index % workers].push(cell);
    }
    std::thread::scope(|scope| {
        for (me, mine) in worker_cells.into_iter().enumerate() {
            let worker = Worker { me, workers, mine, layout, lookahead, end };
            let shared = &shared;
            scope.spawn(move || worker.run(settings, shared, pulse));
        }
    });
}

struct Worker<'a, A: Actors> {
    me: usize,
    workers: usize,
    /// Every `workers`-th cell, from the `me`-th.
    mine: Vec<&'a mut Cell<A>>,
    layout: Layout,
    lookahead: Span,
    end: Instant,
}

impl<A: Actors> Worker<'_, A> {
    fn run(mut self, settings: &A::Settings, shared: &Shared<A>, pulse: &Pulse) {
        let mut quiet: Vec<Instant> = self.mine.iter().map(|cell| cell.quiet_until()).collect();
        let mut out: Vec<Vec<CrossCellMessage<A>>> =
            (0..self.workers).map(|_| Vec::new()).collect();
        let mut posted = Instant::NEVER;
        let mut round = 0usize;
        loop {
            let next = quiet.iter().copied().min().unwrap_or(Instant::NEVER).min(posted);
            // The first worker decides for all whether to stop: NEVER + a flag would race between rounds.
            let next = if self.me == 0 && pulse.stopped() { STOP } else { next.0.max(1) };
            shared.next[round % 2][self.me].store(next, Ordering::Relaxed);
            shared.barrier.wait();
            let all = shared.next[round % 2].iter().map(|n| n.load(Ordering::Relaxed));
            let next = Instant(all.min().unwrap_or(u64::MAX));
            if next.0 == STOP || next >= self.end {
                return self.collect(&mut quiet, shared);
            }
            self.collect(&mut quiet, shared);
            let limit = window_end(next, self.lookahead, self.end);
            posted = self.window(settings, limit, &mut quiet, &mut out, shared);
            round += 1;
            if self.me == 0 && round.is_multiple_of(1024) {
                pulse.now.store(limit.0, Ordering::Relaxed);
                let events: u64 = self.mine.iter().map(|cell| cell.fingerprint().events()).sum();
                pulse.events.store(events * self.workers as u64, Ordering::Relaxed);
            }
        }
    }

    /// Takes in the messages that the others have left.
    fn collect(&mut self, quiet: &mut [Instant], shared: &Shared<A>) {
        for from in 0..self.workers {
            let mut mail = lock(&shared.mail[from * self.workers + self.me]);
            for message in mail.drain(..) {
                let cell = self.layout.cell_of(message.to());
                debug_assert_eq!(cell % self.workers, self.me, "mail goes to whoever has the cell");
                let mine = cell / self.workers;
                quiet[mine] = quiet[mine].min(message.at());
                self.mine[mine].accept(message);
            }
        }
    }

    /// Advances the cells that have something to do; returns the earliest message that was posted to another worker.
    fn window(
        &mut self,
        settings: &A::Settings,
        limit: Instant,
        quiet: &mut [Instant],
        out: &mut [Vec<CrossCellMessage<A>>],
        shared: &Shared<A>,
    ) -> Instant {
        let mut earliest = Instant::NEVER;
        for mine in 0..self.mine.len() {
            if quiet[mine] >= limit {
                continue;
            }
            self.mine[mine].advance(settings, limit);
            quiet[mine] = self.mine[mine].quiet_until();
            let mut messages = std::mem::take(self.mine[mine].outbox());
            for message in messages.drain(..) {
                let cell = self.layout.cell_of(message.to());
                let (to, at) = (cell % self.workers, message.at());
                debug_assert!(at >= limit, "a message between cells outlasts its window");
                if to == self.me {
                    let other = cell / self.workers;
                    quiet[other] = quiet[other].min(at);
                    self.mine[other].accept(message);
                } else {
                    earliest = earliest.min(at);
                    out[to].push(message);
                }
            }
            *self.mine[mine].outbox() = messages;
        }
        for (to, messages) in out.iter_mut().enumerate() {
            if !messages.is_empty() {
                lock(&shared.mail[self.me * self.workers + to]).append(messages);
            }
        }
        earliest
    }
}

/// Published instead of the next moment when the run is to stop. No event is at this moment: see the caller.
const STOP: u64 = 0;

/// Locks a mailbox. A worker that panicked ends the whole scope, so a poisoned box is never read again.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
