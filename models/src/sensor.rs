//! A quantity that is measured every so often, with an error, and the limits that its readings pass.
//!
//! Each sample has a number, and its error is drawn by that number: it is the same whether somebody looks at each sample or not. So a
//! sample whose reading cannot change an alarm, whatever its error, is no event and is not even drawn. When something about
//! the quantity changes, the samples up to now are caught up with, and the instant of the next sample that changes an alarm is
//! computed. Alarms come at the same instants as if each sample were an event (a test compares both, another counts the events of a
//! year, and `benches/samples.sh` compares whole runs and their time).

mod settings;

use faults::Context;
use faults::detectors::{Change, Limit, SampledLimit, Side, Unusable};
use sim::{Draws, Instant, Purpose, Span, normal, unit};

use crate::course::{Course, Steady};
use crate::rare::Rare;
use crate::{AnyTimer, Models};
pub use settings::{ShareGauge, SignalLimit, SignalMeter, Thermometer, Voltmeter};
pub(crate) use settings::{WHOLE, in_whole};

const CHECKED: Purpose = Purpose::of("a sensor whose settings are checked");

/// A sensor, in whole numbers of what its readings count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sensor {
    /// Time between two samples.
    pub(crate) every: Span,
    /// Steps in which it shows.
    pub(crate) resolution: i64,
    /// Standard deviation of a sample's error.
    pub(crate) noise: f64,
    /// Standard deviation among terminals of the error for good.
    pub(crate) offset: f64,
    /// Names its draws: its phase and its error for good are those of 0, the error of sample n that of n + 1.
    pub(crate) name: Purpose,
}

/// No error is more standard deviations than this: a normal number of two draws of 32 bits is at most 6.77.
const WIDEST: f64 = 6.8;
/// So many samples are drawn ahead at most before the rest is left to a later time.
const AHEAD: u64 = 1_000;
/// Names the errors of measurements on demand, apart from those of samples.
const ON_DEMAND: u64 = 1 << 63;

/// No sensor is read more often than this: each reading near a limit costs work.
const AT_LEAST_EVERY: Span = Span::millis(100);

impl Sensor {
    /// What makes its settings unusable; `None` if they can be used.
    fn unusable(self) -> Option<Unusable> {
        let wrong = |field, message: &str, hint: &str| Unusable {
            field,
            message: message.to_owned(),
            hint: hint.to_owned(),
        };
        if self.every < AT_LEAST_EVERY {
            let hint =
                "a sensor is read at most ten times a second: `every` has to be at least \"100ms\"";
            return Some(wrong("every", "it is read without end", hint));
        }
        if self.resolution <= 0 {
            let message = "its readings have no steps to be rounded to";
            return Some(wrong("resolution", message, "`resolution` has to be above zero"));
        }
        if self.noise < 0.0 {
            return Some(wrong(
                "noise",
                "a deviation is not negative",
                "`noise` has to be at least zero",
            ));
        }
        let hint = "`offset` has to be at least zero";
        (self.offset < 0.0).then(|| wrong("offset", "a deviation is not negative", hint))
    }

    /// As it is built into the terminal that handles an event.
    pub(crate) fn installed(self, cx: &Context<'_, Models>) -> Installed {
        Installed::new(self, cx.draws(self.name))
    }
}

/// The sensor of one terminal: its phase and its error for good are known, and its errors can be drawn by their numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Installed {
    sensor: Sensor,
    draws: Draws,
    phase: Span,
    offset: f64,
}

impl Installed {
    /// Its draws by their occurrence.
    pub(crate) fn new(sensor: Sensor, draws: Draws) -> Self {
        debug_assert!(sensor.every.0 > 0 && sensor.resolution > 0, "{sensor:?} shows nothing");
        let own = draws.at(0);
        let phase = Span((unit(own[0]) * sensor.every.0 as f64) as u64);
        Self { sensor, draws, phase, offset: sensor.offset * normal([own[1], own[2]]) }
    }

    /// When sample n is taken.
    fn instant(&self, number: u64) -> Instant {
        Instant((Span(self.sensor.every.0.saturating_mul(number)) + self.phase).0)
    }

    /// The first sample that is not taken before then.
    fn from(&self, when: Instant) -> u64 {
        when.0.saturating_sub(self.phase.0).div_ceil(self.sensor.every.0)
    }

    /// How many samples have been taken by then, one at that very instant among them.
    fn taken_by(&self, when: Instant) -> u64 {
        when.0.checked_sub(self.phase.0).map_or(0, |it| it / self.sensor.every.0 + 1)
    }

    fn shows(&self, quantity: f64, error: u64) -> i64 {
        let mut shown = quantity + self.offset;
        if self.sensor.noise > 0.0 {
            let bits = self.draws.at(error);
            shown += self.sensor.noise * normal([bits[0], bits[1]]);
        }
        let steps = libm::round(shown / self.sensor.resolution as f64);
        steps as i64 * self.sensor.resolution
    }

    /// What it shows of a quantity when it is read on demand.
    pub(crate) fn shows_now(&self, quantity: f64, now: Instant) -> i64 {
        self.shows(quantity, ON_DEMAND | now.0)
    }

    fn sample(&self, number: u64, course: &impl Course) -> i64 {
        self.shows(course.at(self.instant(number)), number + 1)
    }

    /// By how much a reading may differ from the quantity, either way: rounding included.
    fn reach(&self) -> f64 {
        WIDEST * self.sensor.noise + 0.5 * self.sensor.resolution as f64 + 1.0
    }

    /// The first instant from then on at which a sample might change what a limit remembers, whatever its error; `None` for never.
    fn uncertain_from(
        &self,
        limit: Limit,
        state: SampledLimit,
        course: &impl Course,
        from: Instant,
    ) -> Option<Instant> {
        let (reach, at, band) = (self.reach(), limit.at as f64, limit.hysteresis as f64);
        let wait = match (state.stands(), limit.side) {
            (false, _) if !state.is_new() => Some(Span::ZERO),
            (false, Side::Above) => course.until_above(at - reach - self.offset, from),
            (false, Side::Below) => course.until_below(at + reach - self.offset, from),
            (true, Side::Above) => course.until_below(at - band + reach - self.offset, from),
            (true, Side::Below) => course.until_above(at + band - reach - self.offset, from),
        };
        wait.map(|it| from + it)
    }
}

/// Each sample is an event and is drawn, as a kernel that polls would have it: what `benches/samples.sh` compares with.
const POLLED: bool = cfg!(feature = "polled-samples");

/// What limits make of a sensor's samples; `N` limits of one sensor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch<const N: usize> {
    limits: [SampledLimit; N],
    /// Samples that have been taken.
    taken: u64,
    /// What was shown when an alarm last changed.
    shown: i64,
    /// Counts plans: a note of an earlier one is ignored.
    plan: u32,
}

impl<const N: usize> Default for Watch<N> {
    fn default() -> Self {
        Self { limits: [SampledLimit::default(); N], taken: 0, shown: 0, plan: 0 }
    }
}

/// What comes of the samples ahead.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ahead {
    /// Sample n changes an alarm.
    Changes(u64),
    /// None before sample n does.
    Open(u64),
    /// None ever does.
    Never,
}

impl<const N: usize> Watch<N> {
    /// The alarm of this limit stands.
    pub(crate) fn stands(&self, limit: usize) -> bool {
        self.limits[limit].stands()
    }

    /// What was shown when an alarm last changed.
    pub(crate) fn shown(&self) -> i64 {
        self.shown
    }

    /// Whether this is the note of the latest plan.
    pub(crate) fn is_latest(&self, plan: u32) -> bool {
        debug_assert!(plan <= self.plan, "what was planned was counted");
        plan == self.plan
    }

    /// Takes the samples from the next one on, until one changes an alarm or `before` have been taken.
    fn take(
        &mut self,
        of: &Installed,
        limits: &[Limit; N],
        course: &impl Course,
        before: u64,
    ) -> Ahead {
        while self.taken < before {
            let from = of.instant(self.taken);
            let uncertain = limits.iter().zip(self.limits);
            let uncertain = uncertain
                .filter_map(|(limit, state)| of.uncertain_from(*limit, state, course, from));
            match if POLLED { Some(from) } else { uncertain.min() } {
                None => {
                    self.taken = before;
                    return Ahead::Never;
                }
                Some(when) if when > from => {
                    let next = of.from(when).max(self.taken);
                    self.taken = next.min(before);
                    if next >= before {
                        return Ahead::Open(next);
                    }
                    continue;
                }
                Some(_) => {}
            }
            if self.read(of, limits, course) {
                return Ahead::Changes(self.taken - 1);
            }
        }
        Ahead::Open(self.taken)
    }

    /// Takes the next sample; whether it has changed an alarm.
    fn read(&mut self, of: &Installed, limits: &[Limit; N], course: &impl Course) -> bool {
        let reading = of.sample(self.taken, course);
        self.taken += 1;
        let mut changed = false;
        for (state, limit) in self.limits.iter_mut().zip(limits) {
            changed |= state.sample(*limit, reading) != Change::None;
        }
        if changed {
            self.shown = reading;
        }
        changed
    }

    /// Takes the samples up to now, as the quantity has gone until now: before it is changed. Whether one has changed an alarm: only
    /// that is something to look at.
    pub(crate) fn catch_up(
        &mut self,
        of: &Installed,
        limits: &[Limit; N],
        course: &impl Course,
        now: Instant,
    ) -> bool {
        let taken = of.taken_by(now);
        let mut changed = false;
        while self.taken < taken {
            changed |= matches!(self.take(of, limits, course, taken), Ahead::Changes(_));
        }
        changed
    }

    /// How long it takes until a sample may change an alarm, and the number of this plan; `None` if none ever does.
    pub(crate) fn plan(
        &mut self,
        of: &Installed,
        limits: &[Limit; N],
        course: &impl Course,
        now: Instant,
    ) -> Planned {
        debug_assert!(self.taken >= of.taken_by(now), "what has been sampled is caught up with");
        self.plan += 1;
        if POLLED {
            let next = of.instant(self.taken);
            return Some((Span(next.0.saturating_sub(now.0)), self.plan));
        }
        let mut ahead = *self;
        let number = match ahead.take(of, limits, course, of.taken_by(now).saturating_add(AHEAD)) {
            Ahead::Never => return None,
            Ahead::Changes(number) | Ahead::Open(number) => number,
        };
        let at = of.instant(number);
        Some((Span(at.0.saturating_sub(now.0)), self.plan))
    }

    /// The quantity is measured now, on demand: whether what stood is over. What does not stand needs its samples.
    pub(crate) fn measure(
        &mut self,
        of: &Installed,
        limits: &[Limit; N],
        course: &impl Course,
        now: Instant,
    ) {
        self.shown = of.shows_now(course.at(now), now);
        for (state, limit) in self.limits.iter_mut().zip(limits) {
            if state.stands() {
                state.sample(*limit, self.shown);
            }
        }
    }
}

/// A quantity that stays as it is between changes, and what limits make of its samples: all zeros before it first changes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Metered<const N: usize> {
    /// By how much it differs from what it is where nothing is wrong.
    off: f64,
    watch: Watch<N>,
}

/// The meter of such a quantity: its sensor, its limits, and what the quantity is where nothing is wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter<const N: usize> {
    pub(crate) sensor: Sensor,
    pub(crate) limits: [Limit; N],
    pub(crate) sound: f64,
}

/// When the next sample is to be looked at: after so long, by the plan of this number.
pub(crate) type Planned = Option<(Span, u32)>;

/// Makes the note of a plan, if there is anything to wait for.
pub(crate) fn expect<T: Into<AnyTimer>>(
    planned: Planned,
    timer: impl FnOnce(u32) -> T,
    cx: &mut Context<'_, Models>,
) {
    if let Some((wait, plan)) = planned {
        cx.after(wait, timer(plan));
    }
}

impl<const N: usize> Meter<N> {
    fn course(&self, of: &Metered<N>) -> Steady {
        Steady(self.sound + of.off)
    }

    /// Plans the next sample that may change an alarm: as a run starts.
    pub(crate) fn begin(&self, of: &mut Rare<Metered<N>>, cx: &Context<'_, Models>) -> Planned {
        self.plan(of, &self.sensor.installed(cx), cx.now())
    }

    /// From now on the quantity differs from what is sound by so much.
    pub(crate) fn differs(
        &self,
        of: &mut Rare<Metered<N>>,
        off: f64,
        cx: &Context<'_, Models>,
    ) -> Planned {
        debug_assert!(off.is_finite(), "a quantity is a number, not {off}");
        let installed = self.sensor.installed(cx);
        self.catch_up(of, &installed, cx.now());
        of.get_mut().off = off;
        self.plan(of, &installed, cx.now())
    }

    /// The sample of this plan is there, if it is not of an earlier one: the part is looked at if it has changed an alarm, and the next
    /// one is planned.
    pub(crate) fn sampled(
        &self,
        of: &mut Rare<Metered<N>>,
        plan: u32,
        cx: &mut Context<'_, Models>,
    ) -> Planned {
        if !of.get().watch.is_latest(plan) {
            return None;
        }
        let installed = self.sensor.installed(cx);
        if self.catch_up(of, &installed, cx.now()) {
            cx.look();
        }
        self.plan(of, &installed, cx.now())
    }

    /// The quantity is measured now, on demand.
    pub(crate) fn measure(&self, of: &mut Rare<Metered<N>>, cx: &Context<'_, Models>) -> Planned {
        let installed = self.sensor.installed(cx);
        self.catch_up(of, &installed, cx.now());
        let metered = of.get_mut();
        let course = self.course(metered);
        metered.watch.measure(&installed, &self.limits, &course, cx.now());
        self.plan(of, &installed, cx.now())
    }

    fn plan(&self, of: &mut Rare<Metered<N>>, installed: &Installed, now: Instant) -> Planned {
        of.consider(|it| {
            let course = self.course(it);
            it.watch.plan(installed, &self.limits, &course, now)
        })
    }

    fn catch_up(&self, of: &mut Rare<Metered<N>>, installed: &Installed, now: Instant) -> bool {
        let of = of.get_mut();
        let course = self.course(of);
        of.watch.catch_up(installed, &self.limits, &course, now)
    }
}

impl<const N: usize> Metered<N> {
    /// The alarm of this limit stands.
    pub(crate) fn stands(&self, limit: usize) -> bool {
        self.watch.stands(limit)
    }

    /// What was shown when an alarm last changed.
    pub(crate) fn shown(&self) -> i64 {
        self.watch.shown()
    }
}

#[cfg(test)]
mod tests {
    use sim::Streams;

    use super::*;
    use crate::course::Ramp;

    const NAME: Purpose = Purpose::of("a sensor under test");

    fn draws(seed: u64) -> Draws {
        Draws::new(Streams::new(seed), sim::Identity::numbered(7), NAME)
    }

    /// Every half minute, in steps of a half, with an error of 4 and one of 2 for good, in tenths.
    const SENSOR: Sensor =
        Sensor { every: Span::secs(30), resolution: 5, noise: 40.0, offset: 20.0, name: NAME };
    /// Too much and too little.
    const LIMITS: [Limit; 2] = [
        Limit { side: Side::Above, at: 750, hysteresis: 20, in_a_row: 3 },
        Limit { side: Side::Below, at: 350, hysteresis: 50, in_a_row: 2 },
    ];

    /// When the alarms of a quantity change that goes one course after another: by computed instants, and the events that took.
    fn computed(
        sensor: Sensor,
        seed: u64,
        courses: &[(Instant, Ramp)],
        end: Instant,
    ) -> (Vec<(Instant, i64)>, usize) {
        let installed = Installed::new(sensor, draws(seed));
        let mut watch = Watch::<2>::default();
        let (mut changes, mut events) = (Vec::new(), 0);
        for (place, &(_, course)) in courses.iter().enumerate() {
            let until = courses.get(place + 1).map_or(end, |it| it.0);
            let mut now = courses[place].0;
            while let Some((wait, _)) = watch.plan(&installed, &LIMITS, &course, now) {
                now += wait;
                if now > until {
                    break;
                }
                events += 1;
                let before = [watch.stands(0), watch.stands(1)];
                let said = watch.catch_up(&installed, &LIMITS, &course, now);
                let changed = before != [watch.stands(0), watch.stands(1)];
                assert_eq!(
                    said, changed,
                    "it is looked at when an alarm has changed, and else not"
                );
                if changed {
                    changes.push((now, watch.shown()));
                }
            }
            watch.catch_up(&installed, &LIMITS, &course, until);
        }
        (changes, events)
    }

    /// The same by looking at each sample.
    fn polled(
        sensor: Sensor,
        seed: u64,
        courses: &[(Instant, Ramp)],
        end: Instant,
    ) -> Vec<(Instant, i64)> {
        let installed = Installed::new(sensor, draws(seed));
        let mut states = [SampledLimit::default(); 2];
        let mut changes = Vec::new();
        for number in 0.. {
            let at = installed.instant(number);
            if at > end {
                return changes;
            }
            // At the very instant of a change a sample shows what was before.
            let (_, course) = courses.iter().rev().find(|it| it.0 < at).unwrap_or(&courses[0]);
            let reading = installed.sample(number, course);
            let mut changed = false;
            for (state, limit) in states.iter_mut().zip(LIMITS) {
                changed |= state.sample(limit, reading) != Change::None;
            }
            if changed {
                changes.push((at, reading));
            }
        }
        changes
    }

    #[test]
    fn computed_instants_are_those_of_looking_at_every_sample() {
        let at = Instant::START;
        let (mut seen, mut asked) = (0, 0);
        for seed in 0..40 {
            let hour = |hours: u64| at + Span::minutes(60 * hours + seed);
            let ramp = |from, since, per_s| Ramp { from, since, per_s, most: 800.0 };
            let courses = [
                (at, ramp(250.0, at, 0.0)),
                (hour(5), ramp(250.0, hour(5), 0.05)),
                (hour(30), ramp(720.0, hour(30), 0.0)),
                (hour(31), ramp(500.0, hour(31), 0.0)),
                (hour(90), ramp(400.0, hour(90), 0.0)),
                (hour(91), ramp(650.0, hour(91), 0.001)),
            ];
            let end = hour(200);
            let (changes, events) = computed(SENSOR, seed, &courses, end);
            assert_eq!(changes, polled(SENSOR, seed, &courses, end), "seed {seed}");
            (seen, asked) = (seen + changes.len(), asked + events);
        }
        assert!(seen > 400, "{seen} changes");
        let samples = 40 * 200 * 120;
        assert!(
            asked - seen < samples / 500,
            "{asked} events for {samples} samples, {seen} changes"
        );
    }

    /// A year of a sound quantity, of one that drifts to its limit in a month, and of one whose noise reaches the limit all the time.
    #[test]
    fn a_year_of_samples_costs_an_event_in_a_thousand_or_none() {
        let (start, end) = (Instant::START, Instant::START + Span::days(365));
        let ramp = |from, per_s| vec![(start, Ramp { from, since: start, per_s, most: 800.0 })];
        for (name, courses) in [
            ("sound", ramp(550.0, 0.0)),
            ("drifts to its limit in a month", ramp(550.0, 200.0 / 2_592_000.0)),
            ("noise reaches the limit", ramp(700.0, 0.0)),
        ] {
            let noise = if name == "noise reaches the limit" { 40.0 } else { 10.0 };
            let sensor = Sensor { noise, ..SENSOR };
            let (changes, events) = computed(sensor, 1, &courses, end);
            assert_eq!(changes, polled(sensor, 1, &courses, end), "{name}");
            let samples = 365 * 24 * 120;
            let besides = events - changes.len();
            assert!(besides <= samples / 1_000, "{name}: {events} events for {samples} samples");
            assert!(name != "sound" || events == 0, "{name}: {events} events");
        }
    }

    #[test]
    fn what_cannot_come_near_a_limit_is_never_planned() {
        let quiet = Sensor { noise: 10.0, offset: 0.0, ..SENSOR };
        let installed = Installed::new(quiet, draws(1));
        let mut watch = Watch::<2>::default();
        assert_eq!(watch.plan(&installed, &LIMITS, &Steady(550.0), Instant::START), None);
        let near = watch.plan(&installed, &LIMITS, &Steady(700.0), Instant::START);
        assert!(near.is_some(), "700 with an error of 10 may show 755");
    }

    /// Law D1: the delay of a clear sample is (m − 1)·T and the rest of a period.
    #[test]
    fn a_clear_crossing_is_seen_by_the_last_of_the_samples_in_a_row() {
        let clear = Sensor { noise: 0.0, offset: 0.0, ..SENSOR };
        let (mut sum, mut most, n) = (0.0, 0.0_f64, 2_000);
        let onset = Instant::START + Span::hours(3);
        for seed in 0..n {
            let installed = Installed::new(clear, draws(seed));
            let mut watch = Watch::<2>::default();
            watch.catch_up(&installed, &LIMITS, &Steady(500.0), onset);
            let (wait, _) =
                watch.plan(&installed, &LIMITS, &Steady(900.0), onset).expect("it is seen");
            sum += wait.as_secs_f64();
            most = most.max(wait.as_secs_f64());
        }
        let mean = sum / n as f64;
        assert!((mean - 75.0).abs() < 1.0 && most <= 90.0, "{mean} s, at most {most} s");
    }

    /// Law D2, by the chain of counts that the limit itself gives.
    #[test]
    fn noise_makes_as_many_false_alarms_as_its_law_says() {
        let noisy = Sensor { every: Span::secs(60), offset: 0.0, ..SENSOR };
        let law = LIMITS[0].law(700.0, 40.0, 5.0);
        let (mut alarms, mut samples) = (0.0, 0.0);
        for seed in 0..30 {
            let installed = Installed::new(noisy, draws(seed));
            let mut watch = Watch::<1>::default();
            let limit = [LIMITS[0]];
            let end = installed.instant(20_000);
            let mut now = Instant::START;
            while let Some((wait, _)) = watch.plan(&installed, &limit, &Steady(700.0), now) {
                now += wait;
                if now > end {
                    break;
                }
                let stood = watch.stands(0);
                watch.catch_up(&installed, &limit, &Steady(700.0), now);
                alarms += f64::from(!stood && watch.stands(0));
            }
            samples += 20_000.0;
        }
        let cycle = law.run_length() + law.stands_for();
        let expected = samples / cycle;
        assert!((alarms - expected).abs() < 4.0 * libm::sqrt(expected), "{alarms}, not {expected}");
    }
}
