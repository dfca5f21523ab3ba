//! What a process does with an event, whatever the engine.

use sim::{Identity, Purpose, Span, Streams, unit};

const HOP: Purpose = Purpose::of("phold: hop");
/// No event takes less: the lookahead.
pub const LEAST_DELAY: Span = Span::millis(100);
const MEAN_REST: Span = Span::millis(900);
/// One event in ten goes to another process: a tenth of 2^32.
const REMOTE_BELOW: u32 = 429_496_730;

/// Where an event goes next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Hop {
    /// To whom.
    pub to: u32,
    /// After how long.
    pub delay: Span,
}

/// The law of a run.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    processes: u32,
    streams: Streams,
}

impl Law {
    /// PHOLD with this many processes, at least two.
    pub fn new(processes: u32, seed: u64) -> Self {
        assert!(processes > 1, "there is no other process to hand on to");
        Self { processes, streams: Streams::new(seed) }
    }

    /// How many processes there are.
    pub fn processes(&self) -> u32 {
        self.processes
    }

    /// What a process does with its event number `handled`, counted from zero.
    #[inline]
    pub fn hop(&self, process: u32, handled: u64) -> Hop {
        let [delay, remote, other, _] =
            self.streams.draw(Identity::numbered(process), HOP, handled + 1);
        let to = if remote < REMOTE_BELOW {
            let others = u64::from(self.processes - 1);
            let steps = 1 + ((u64::from(other) * others) >> 32) as u32;
            // Neither number reaches 2^24, so the sum cannot overflow.
            (process + steps) % self.processes
        } else {
            process
        };
        Hop { to, delay: delay_of(delay) }
    }

    /// When the first event of a process is due.
    pub fn first(&self, process: u32) -> Span {
        delay_of(self.streams.draw(Identity::numbered(process), HOP, 0)[0])
    }
}

#[inline]
fn delay_of(bits: u32) -> Span {
    LEAST_DELAY + MEAN_REST.scaled(-libm::log(unit(bits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_is_that_of_phold() {
        let law = Law::new(1_000, 5);
        let hops: Vec<(u32, Hop)> =
            (0..200_000).map(|n| (n % 1_000, law.hop(n % 1_000, u64::from(n / 1_000)))).collect();
        let mean = hops.iter().map(|(_, hop)| hop.delay.as_secs_f64()).sum::<f64>() / 200_000.0;
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
        assert!(hops.iter().all(|(_, hop)| hop.delay >= LEAST_DELAY && hop.to < 1_000));
        let remote = hops.iter().filter(|(from, hop)| hop.to != *from).count() as f64 / 200_000.0;
        assert!((remote - 0.1).abs() < 0.003, "{remote}");
    }
}
