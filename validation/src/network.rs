//! The network: channels that lose in bursts.

use reports::statistics::Sample;
use sim::{Channel, GilbertElliott, Instant, Process, ProcessContext, Pulse, Purpose, Setup, Span};

use crate::case::{Case, Size};

/// Sends a packet over a channel at every step, and notes whether it was lost: a process on the kernel, with the channel
/// that the bearers have.
#[derive(Clone, Debug, Default)]
struct Sender {
    channel: Channel,
    sent: u64,
}

const N1: GilbertElliott = GilbertElliott {
    p_good_to_bad: 0.01,
    p_bad_to_good: 0.2,
    good_loss: 0.001,
    bad_loss: 0.5,
    slot: Span::millis(20),
};

/// The channel is good at the start; a thousand slots later it has forgotten that.
const BEGINS: Span = Span(N1.slot.0 * 1_000);

impl Process for Sender {
    type Timer = ();
    type Message = ();
    type Fact = bool;
    /// Slots between two packets.
    type Settings = u64;

    fn start(&mut self, cx: &mut ProcessContext<'_, Self>) {
        cx.after(BEGINS, ());
    }
    fn on_timer(&mut self, (): (), cx: &mut ProcessContext<'_, Self>) {
        self.sent += 1;
        let bits = cx.draw(Purpose::of("packet"), self.sent);
        let lost = self.channel.loses(&N1, cx.now(), [bits[0], bits[1]]);
        cx.note(lost);
        cx.after(N1.slot * *cx.settings(), ());
    }
}

/// N1: share of packets lost, and of triples of packets in a row that are all lost.
fn packets(seed: u64, gap: u64, count: u64) -> Result<Vec<Sample>, String> {
    let mut simulation = sim::process::simulation(Setup::small(seed, 1), gap, [Sender::default()]);
    let end = Instant::START + BEGINS + N1.slot * (gap * count);
    simulation.run(end, 1, &Pulse::default()).map_err(|why| why.to_string())?;
    let lost: Vec<bool> = simulation.take_facts().iter().map(|fact| fact.what).collect();
    let share = lost.iter().filter(|it| **it).count() as f64;
    let triples = lost.windows(3).filter(|it| it.iter().all(|lost| *lost)).count() as f64;
    let n = lost.len() as f64;
    Ok(vec![Sample::ratio(share, n), Sample::ratio(triples, n - 2.0)])
}

fn channel(number: u8, quantities: &[&'static str], runs: u32, gap: u64, count: u64) -> Case {
    let single = quantities.len() == 1;
    let run = move |seed| {
        let both = packets(seed, gap, count)?;
        Ok(if single { both[1..].to_vec() } else { both })
    };
    Case {
        law: "N1",
        number,
        quantities: quantities.to_vec(),
        runs,
        run: Box::new(run),
        scenario: None,
    }
}

pub(crate) fn cases(size: Size) -> Vec<Case> {
    let runs = size.of(40, 30);
    vec![
        channel(0, &["loss", "P_3_lost_back2back"], runs, 1, size.of(1_500_000, 60_000)),
        channel(1, &["P_3_lost_gap10"], runs, 10, size.of(3_000_000, 60_000)),
    ]
}
