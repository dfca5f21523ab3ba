//! Closed forms, run through the kernel and the models that every scenario uses. The values are those of
//! `groundtruth_open.json`; seeds are fixed, so a test that passes keeps passing.

use bevy_ecs::component::Component;
use bevy_ecs::query::QueryState;
use bevy_ecs::world::World;
use models::comms::cellular;
use models::platform::gateway::Gateway;
use models::software::firmware;
use models::{Fact, Fault, Note, Part, Profile, Remedy};
use sim::quantity::{Factor, Probability};
use sim::{
    ActorId, Actors, Channel, Desk, GilbertElliott, Instant, Keep, Law, Layout, Performer, Planned,
    Pulse, Purpose, Rung, Setup, Simulation, Slot, Span, What, When,
};

use crate::bench::Bench;

/// Mean and half-width of the 99.9 % t-interval of some batches.
fn interval(batches: &[f64]) -> (f64, f64) {
    let n = batches.len() as f64;
    let mean = batches.iter().sum::<f64>() / n;
    let variance = batches.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    // Student's t for 99.9 % two-sided and 19 degrees of freedom or more is at most this.
    (mean, 3.883 * libm::sqrt(variance / n))
}

/// A terminal that nobody comes to, with one link of this loss.
fn idle(loss: f64) -> Profile {
    let mut profile = Profile::default();
    profile.people.customer.per_day = Factor(0.0);
    profile.people.merchant.notices_in = Span::days(365_000);
    profile.software.firmware.backup = None;
    let radio = &mut profile.comms.wifi.radio;
    (radio.worsens, radio.good_loss) = (Probability(0.0), Probability(loss));
    profile
}

/// Q2: the gateway as M/M/5 at 4 requests a second and one second of service.
#[test]
fn the_gateway_is_a_queue_with_c_workers() {
    const TERMINALS: u32 = 4_000;
    let mut profile = Profile::default();
    profile.people.customer.per_day = Factor(4.0 * 86_400.0 / f64::from(TERMINALS));
    profile.people.customer.hours = vec![Factor(1.0); 24];
    profile.people.customer.patience = Span::days(10);
    profile.platform.gateway.workers = 5;
    profile.platform.gateway.serves_in = Span::secs(1);
    let mut bench = Bench::new(TERMINALS, profile).lasting(Span::hours(25));
    bench.stage.cell_size = 4_096;
    let gateway = bench.plan.directory.gateway;
    let mut simulation = models::world::raise(bench.plan, &bench.stage);
    let (mut waits, mut delays) = (Vec::new(), Vec::new());
    let mut before = (0, 0, Span::ZERO);
    for hour in 1..=24 {
        let end = Instant::START + Span::hours(hour);
        simulation.run(end, 1, &Pulse::default()).expect("in order");
        let world = simulation.world_of(gateway);
        let now = world.query::<&Gateway>().single(world).expect("one gateway").queue_figures();
        let served = (now.0 - before.0) as f64;
        if hour > 1 {
            waits.push((now.1 - before.1) as f64 / served);
            delays.push((now.2 - before.2).as_secs_f64() / served);
        }
        before = now;
    }
    assert!(before.0 > 300_000, "{} requests", before.0);
    let (wait, half) = interval(&waits);
    assert!((wait - 0.554_112_554).abs() < half && half / wait < 0.03, "Erlang C {wait} ± {half}");
    let (delay, half) = interval(&delays);
    assert!((delay - 0.554_112_554).abs() < half && half / delay < 0.10, "Wq {delay} ± {half}");
}

/// Sends a packet over a bursty channel at every step, and keeps what became of it.
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
    type Parcel = ();
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
    fn advance(columns: &mut Self::Columns, world: &mut World, gap: &u64, desk: &mut Desk<Self>) {
        let mut sender = columns.single_mut(world).expect("one sender");
        while let Some(entry) = desk.next_due() {
            sender.sent += 1;
            let bits = desk.streams().draw(entry.to, Purpose::of("packet"), sender.sent);
            let lost = sender.channel.loses(&N1, desk.now(), [bits[0], bits[1]]);
            desk.note(entry.to, lost);
            desk.after(entry.to, N1.slot * *gap, ());
        }
    }
}

/// Share of packets lost, and of triples of packets in a row that are all lost.
fn packets(gap: u64, count: u64) -> (f64, f64) {
    let setup = Setup {
        seed: 7,
        layout: Layout::new(1, 0, 1),
        lookahead: Span::secs(1),
        keep: Keep::Nothing,
    };
    let mut simulation = Simulation::<Packets>::new(setup, std::sync::Arc::new(gap));
    let sender = ActorId(0);
    simulation.world_of(sender).spawn((sender, Sender::default()));
    simulation.desk_of(sender).after(sender, Span::ZERO, ());
    let end = Instant::START + N1.slot * (gap * count);
    simulation.run(end, 1, &Pulse::default()).expect("in order");
    let lost: Vec<bool> = simulation.take_facts().iter().map(|fact| fact.what).collect();
    assert_eq!(lost.len() as u64, count);
    let share = lost.iter().filter(|it| **it).count() as f64 / count as f64;
    let triples = lost.windows(3).filter(|it| it.iter().all(|lost| *lost)).count();
    (share, triples as f64 / (count - 2) as f64)
}

/// N1: losses come in bursts, and packets that are far apart do not know of each other.
#[test]
fn a_bursty_channel_loses_three_in_a_row_far_more_often_than_its_loss_says() {
    let (loss, triple) = packets(1, 2_000_000);
    // Losses of neighbours go together, so the share of 2 M packets has a standard deviation of 2.3e-4, not 1.1e-4.
    assert!((loss - 0.024_761_905).abs() < 3.3 * 2.3e-4, "loss {loss}");
    assert!((triple / 0.003_813_368 - 1.0).abs() < 0.06, "three back to back {triple}");
    let (loss, triple) = packets(10, 2_000_000);
    assert!((loss - 0.024_761_905).abs() < 3.3 * 1.2e-4, "loss {loss}");
    assert!((triple / 0.000_116_346 - 1.0).abs() < 0.20, "three at gaps of ten {triple}");
}

/// The policy of F3: thirty seconds, three misses, judged when expected; nobody does anything about it.
fn miss_counting(bench: &mut Bench) {
    let policy = &mut bench.plan.policy;
    (policy.heartbeat, policy.misses, policy.grace) = (Span::secs(30), 3, Span::ZERO);
    policy.ladders.insert(Fault::Cellular(cellular::Fault::PoorCoverage), Vec::new());
    policy.last_resort = None;
}

/// When each alarm of the presence record was raised, and how long it lasted.
fn silences(facts: &[Fact]) -> Vec<(ActorId, Instant, Option<Span>)> {
    let mut all: Vec<(ActorId, u16, Instant, Option<Span>)> = Vec::new();
    for fact in facts {
        match fact.what {
            What::Alarm { incident, detector: Part::Presence, .. } => {
                all.push((fact.who, incident, fact.at, None));
            }
            What::Restored { incident } => {
                let open = |it: &&mut (ActorId, u16, Instant, Option<Span>)| {
                    it.0 == fact.who && it.1 == incident
                };
                if let Some(it) = all.iter_mut().rev().find(open) {
                    it.3 = Some(fact.at.since(it.2));
                }
            }
            _ => {}
        }
    }
    all.into_iter().map(|(who, _, at, lasted)| (who, at, lasted)).collect()
}

/// F3, false alarms: mean time between mistakes h / (p³ (1 - p)), mean length of a mistake h / (1 - p).
#[test]
fn missed_heartbeats_make_false_alarms_as_often_as_they_should() {
    let days = 30;
    let mut bench = Bench::new(4_000, idle(0.02)).lasting(Span::days(days));
    miss_counting(&mut bench);
    let (_, facts) = bench.run_on(2);
    let alarms = silences(&facts);
    let between = 4_000.0 * days as f64 * 86_400.0 / alarms.len() as f64;
    assert!((between / 3_826_530.6 - 1.0).abs() < 0.06, "{} mistakes, {between} s", alarms.len());
    let lasted: Vec<f64> = alarms.iter().filter_map(|it| it.2).map(Span::as_secs_f64).collect();
    let (mean, half) = interval(&lasted);
    assert!((mean - 30.612_244_898).abs() < half && half < 1.0, "{mean} ± {half}");
}

/// F3, detection: a crash somewhere in a period is found (m - E[g]) h - h/2 later.
#[test]
fn missed_heartbeats_find_a_crash_when_they_should() {
    let dead = Fault::Mainboard(models::hardware::mainboard::Fault::Dead);
    let planned = Planned {
        fault: dead,
        when: When::At(Span::hours(2)),
        lasts: None,
        magnitude: 1.0,
        course: sim::Course::Steady,
        stagger: Span::hours(1),
        stream: 1,
    };
    let mut bench = Bench::new(8_000, idle(0.02)).lasting(Span::hours(5));
    miss_counting(&mut bench);
    let (_, facts) = bench.with_fault(planned, 0..8_000).run();
    let mut crashed = vec![Instant::NEVER; 8_000];
    let mut delays = Vec::new();
    for fact in &facts {
        let who = fact.who.0 as usize;
        match fact.what {
            What::Activated { .. } => crashed[who] = fact.at,
            What::Alarm { detector: Part::Presence, .. } if fact.at > crashed[who] => {
                delays.push(fact.at.since(crashed[who]).as_secs_f64());
            }
            _ => {}
        }
    }
    assert!(delays.len() > 7_990, "{} found", delays.len());
    let (mean, half) = interval(&delays);
    assert!((mean - 74.388_475).abs() < half && half < 0.6, "{mean} ± {half}");
}

/// Contract 7: a heartbeat that arrives as expected is no event, and it makes no difference to any alarm.
#[test]
fn simulating_every_heartbeat_changes_no_alarm() {
    let outage = Planned {
        fault: Fault::Cellular(cellular::Fault::CellOutage),
        when: When::Every { first: Span::hours(1), period: Span::hours(5) },
        lasts: Some(Law::Exponential(Span::minutes(8))),
        magnitude: 1.0,
        course: sim::Course::Steady,
        stagger: Span::minutes(10),
        stream: 5,
    };
    let alarms = |every_beat: bool| {
        let mut profile = idle(0.0);
        profile.software.firmware.uplink = models::wire::Via::Cellular;
        profile.comms.cellular.radio.good_loss = Probability(0.12);
        let mut bench = Bench::new(300, profile).lasting(Span::days(2));
        miss_counting(&mut bench);
        bench.plan.policy.grace = Span::secs(5);
        bench.plan.policy.every_beat = every_beat;
        let (simulation, facts) = bench.with_fault(outage, 0..300).run();
        (silences(&facts), simulation.fingerprint().events())
    };
    let (lazy, few) = alarms(false);
    let (stepped, many) = alarms(true);
    assert!(lazy.len() > 1_000, "{} alarms", lazy.len());
    assert_eq!(lazy, stepped);
    assert!(many > 10 * few, "{many} events against {few}");
}

/// A11: detect in 90 s; restart 60 s, p = 0.6; reboot 300 s, p = 0.5; visit 26 h, p = 1.
#[test]
fn a_ladder_is_down_as_long_as_its_rungs_say() {
    let hang = Fault::Firmware(firmware::Fault::Hang);
    let planned = Planned {
        fault: hang,
        when: When::Life(Law::Exponential(Span::hours(2_000))),
        lasts: None,
        magnitude: 1.0,
        course: sim::Course::Steady,
        stagger: Span::ZERO,
        stream: 11,
    };
    let rung = |remedy, by, takes, works| Rung { remedy, by, takes, works: Some(works) };
    let mut profile = idle(0.0);
    profile.software.firmware.boots_in = Span::ZERO;
    profile.software.firmware.watchdog = Span::secs(90);
    profile.comms.wifi.radio.connects_in = Span::ZERO;
    profile.comms.cellular.radio.connects_in = Span::ZERO;
    profile.people.merchant.reacts_in = Span::ZERO;
    (profile.people.merchant.opens_at, profile.people.merchant.closes_at) = (0, 24);
    profile.people.technicians.travels = Span::ZERO;
    profile.people.technicians.crews = 1_000_000;
    profile.people.technicians.spares = 1_000_000;
    let mut bench = Bench::new(3_000, profile).lasting(Span::days(365));
    miss_counting(&mut bench);
    let policy = &mut bench.plan.policy;
    (policy.heartbeat, policy.verify_after) = (Span::hours(6), Span::ZERO);
    policy.relapse_within = Span::ZERO;
    policy.ladders.insert(
        hang,
        vec![
            rung(Remedy::RestartApp, Performer::Device, Span::secs(60), 0.6),
            rung(Remedy::RestartTerminal, Performer::Device, Span::secs(300), 0.5),
            rung(Remedy::Swap, Performer::Technician, Span::hours(26), 1.0),
        ],
    );
    let (_, facts) = bench.with_fault(planned, 0..3_000).run_on(2);
    let mut down_since = vec![None; 3_000];
    let (mut downs, mut visits) = (Vec::new(), 0u32);
    for fact in &facts {
        match fact.what {
            What::Service { up: false } => down_since[fact.who.0 as usize] = Some(fact.at),
            What::Service { up: true } => {
                if let Some(since) = down_since[fact.who.0 as usize].take() {
                    downs.push(fact.at.since(since).as_secs_f64());
                }
            }
            What::RemedyApplied { by: Performer::Technician, .. } => visits += 1,
            _ => {}
        }
    }
    assert!(downs.len() > 12_000, "{} failures", downs.len());
    let (mean, half) = interval(&downs);
    assert!((mean - 18_990.0).abs() < half && half / mean < 0.08, "{mean} ± {half}");
    let share = f64::from(visits) / downs.len() as f64;
    assert!((share - 0.2).abs() < 0.015, "{share} of the failures needed a visit");
    // Two of the four ways to be down take exactly what their rungs say.
    let exactly = |seconds: f64| downs.iter().filter(|it| (**it - seconds).abs() < 1e-6).count();
    assert!(exactly(150.0) > downs.len() / 2 && exactly(450.0) > downs.len() / 10);
}

/// A note that only its presence matters for: sales have ended and nothing is left of them.
#[test]
fn all_ledgers_agree_to_the_cent_after_a_day_of_losses() {
    let mut profile = Profile::default();
    profile.comms.wifi.radio.good_loss = Probability(0.08);
    profile.comms.cellular.radio.good_loss = Probability(0.08);
    let (mut simulation, facts) = Bench::new(200, profile).run();
    let reversals =
        facts.iter().filter(|f| matches!(f.what, What::Noted(Note::ReversalDone { .. }))).count();
    assert!(reversals > 300, "{reversals} reversals");
    let late =
        facts.iter().filter(|f| matches!(f.what, What::Noted(Note::LateAnswer { .. }))).count();
    let since = vec![None; 200];
    let quiet_from = Instant::START + Span::hours(23);
    let audit = models::invariants::audit(&mut simulation, &since, quiet_from);
    assert_eq!(audit.breaches, []);
    assert_eq!((audit.unreversed, audit.doubled), (0, 0));
    assert_eq!(audit.terminal_total, audit.host_total);
    assert_eq!(audit.gateway_total, audit.host_total);
    assert!(audit.host_total > models::Money(30_000_000), "{}", audit.host_total);
    println!("{reversals} reversals, {late} late answers");
}
