//! Rules that callers can break: each is broken once, and the assertion that names it is seen to trip.
#![cfg(debug_assertions)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use sim::{
    ActorId, Arena, Channel, EventKey, GilbertElliott, Identities, Identity, Instant, Keep, Law,
    Layout, Process, ProcessContext, Processes, Pulse, Purpose, Setup, Simulation, Span, Stream,
    Streams,
};

/// Does what breaks a rule, and looks whether it is named.
fn trips<T>(rule: &str, what: impl FnOnce() -> T) {
    let panicked = catch_unwind(AssertUnwindSafe(|| drop(what()))).expect_err(rule);
    let said = panicked.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panicked.downcast_ref::<&str>().copied()).unwrap_or_default();
    assert!(said.contains(rule), "`{said}` does not say `{rule}`");
}

fn stream() -> Stream {
    Streams::new(1).stream(Identity::numbered(0), Purpose::of("a test"), 0)
}

#[test]
fn laws_are_laws() {
    let (hour, day) = (Span::hours(1), Span::days(1));
    trips("ends after it begins", || Law::Uniform(day, hour).draw(&mut stream(), true));
    trips("a shape above zero", || stream().weibull(0.0, day, Span::ZERO));
    trips("has a scale", || stream().weibull(1.0, Span::ZERO, Span::ZERO));
    trips("is not a probability", || stream().chance(1.5));
    trips("nothing is below zero", || stream().below(0));
    trips("a spread is not negative", || stream().lognormal(1.0, -1.0));
    trips("no law has median", || sim::lognormal(-1.0, 1.0, [1; 4]));
    trips("nothing to pick from", || stream().pick(&[]));
    trips("a weight is negative", || stream().pick(&[1.0, -1.0]));
}

#[test]
fn a_channel_has_probabilities_and_its_time_goes_forwards() {
    let law = GilbertElliott {
        p_good_to_bad: 0.1,
        p_bad_to_good: 0.2,
        good_loss: 0.0,
        bad_loss: 0.5,
        slot: Span::millis(20),
    };
    let wrong = GilbertElliott { p_good_to_bad: 1.5, ..law };
    trips("a channel changes with a probability", || wrong.bad_share());
    let wrong = GilbertElliott { bad_loss: 9.0, ..law };
    trips("a share of all packets is lost", || wrong.loss());
    let mut channel = Channel::default();
    channel.loses(&law, Instant::START + Span::secs(2), [0; 2]);
    trips("time does not go back", || channel.loses(&law, Instant::START + Span::secs(1), [0; 2]));
}

#[test]
fn actors_are_those_of_the_layout() {
    trips("a power of two", || Layout::new(10, 0, 3));
    trips("more than", || Layout::new(u32::MAX, 1, 4));
    trips("none of this layout", || Layout::new(10, 1, 4).cell_of(ActorId(11)));
    trips("none of this layout", || Layout::new(10, 1, 4).members(9));
    trips("groups come in the order", || {
        Identities::of([(ActorId(5), "late"), (ActorId(0), "early")])
    });
    trips("two groups have one name", || {
        Identities::of([(ActorId(0), "shops"), (ActorId(5), "shops")])
    });
    trips("at most 2^40 events", || EventKey::new(ActorId(0), 1 << 40));
    trips("has 24 bits", || EventKey::new(ActorId(1 << 24), 0));
}

#[test]
fn no_more_is_taken_out_than_was_put_in() {
    let mut arena = Arena::default();
    let slot = arena.insert(7_u32);
    arena.take(slot);
    trips("more is taken out", || arena.take(slot));
}

/// Sends to whom it is told to, an hour after the start.
#[derive(Clone)]
struct Sender(ActorId);

impl Process for Sender {
    type Timer = ();
    type Message = ();
    type Fact = ();
    type Settings = ();
    fn start(&mut self, cx: &mut ProcessContext<'_, Self>) {
        cx.after(Span::hours(1), ());
    }
    fn on_timer(&mut self, (): (), cx: &mut ProcessContext<'_, Self>) {
        cx.send(self.0, Span::secs(1), ());
    }
}

fn senders(setup: Setup, to: u32) -> Simulation<Processes<Sender>> {
    let actors = setup.layout.actors() as usize;
    sim::process::simulation(setup, (), vec![Sender(ActorId(to)); actors])
}

#[test]
fn a_run_goes_forwards_and_stays_among_its_actors() {
    let day = Instant::START + Span::days(1);
    let mut run = senders(Setup::small(1, 2), 1);
    run.run(day, 1, &Pulse::default()).expect("nothing comes out of order");
    trips("does not go back", || run.run(Instant::START, 1, &Pulse::default()));
    trips("for an actor of the run", || run.inject(day, ActorId(2), 0, ()));
    trips("there is no process 9", || {
        senders(Setup::small(1, 2), 9).run(day, 1, &Pulse::default())
    });
    let kept = Keep::Actors(vec![ActorId(1), ActorId(0)]);
    trips("what is looked for by halves is sorted", || {
        senders(Setup { keep: kept, ..Setup::small(1, 2) }, 1).run(day, 1, &Pulse::default())
    });
    trips("the lookahead is not zero", || {
        senders(Setup { lookahead: Span::ZERO, ..Setup::small(1, 2) }, 1)
    });
    trips("more processes than actors", || {
        sim::process::simulation(Setup::small(1, 1), (), vec![Sender(ActorId(0)); 2])
    });
}
