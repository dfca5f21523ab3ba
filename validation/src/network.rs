//! The network: channels that lose in bursts.

use std::sync::Arc;

use bevy_ecs::component::Component;
use bevy_ecs::query::QueryState;
use bevy_ecs::world::World;
use reports::statistics::Sample;
use sim::{
    ActorId, Actors, CellContext, Channel, GilbertElliott, Instant, Keep, Layout, Pulse, Purpose,
    Setup, Simulation, Slot, Span,
};

use crate::cases::{Case, Size};

/// Sends a packet over a channel at every step, and notes whether it was lost: an actor of its own on the kernel, with the
/// channel that the bearers have.
#[derive(Clone, Copy, Debug, Hash, PartialEq)]
struct Packets;

#[derive(Component, Debug, Default)]
struct Sender {
    channel: Channel,
    sent: u64,
}

const N1: GilbertElliott = GilbertElliott {
    worsens: 0.01,
    recovers: 0.2,
    good_loss: 0.001,
    bad_loss: 0.5,
    slot: Span::millis(20),
};

impl Actors for Packets {
    type Event = ();
    type InterActorMessage = ();
    type Fact = bool;
    type Columns = QueryState<&'static mut Sender>;
    /// Slots between two packets.
    type Settings = u64;

    fn arrival(_: u8, _: Slot) {}
    fn carries((): &()) -> Option<Slot> {
        None
    }
    fn columns(world: &mut World) -> Self::Columns {
        world.query()
    }
    fn advance(
        columns: &mut Self::Columns,
        world: &mut World,
        gap: &u64,
        cell: &mut CellContext<Self>,
    ) {
        let Ok(mut sender) = columns.single_mut(world) else { return };
        while let Some(entry) = cell.next_due() {
            sender.sent += 1;
            let bits = cell.streams().draw(entry.to, Purpose::of("packet"), sender.sent);
            let lost = sender.channel.loses(&N1, cell.now(), [bits[0], bits[1]]);
            cell.note(entry.to, lost);
            cell.after(entry.to, N1.slot * *gap, ());
        }
    }
}

/// N1: share of packets lost, and of triples of packets in a row that are all lost.
fn packets(seed: u64, gap: u64, count: u64) -> Result<Vec<Sample>, String> {
    let layout = Layout::new(1, 0, 1);
    let setup = Setup { seed, layout, lookahead: Span::secs(1), keep: Keep::Nothing };
    let mut simulation = Simulation::<Packets>::new(setup, Arc::new(gap));
    let sender = ActorId(0);
    simulation.world_of(sender).spawn((sender, Sender::default()));
    // The channel is good at the start; a thousand slots later it has forgotten that.
    let begins = N1.slot * 1_000;
    simulation.context_of(sender).after(sender, begins, ());
    let end = Instant::START + begins + N1.slot * (gap * count);
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
