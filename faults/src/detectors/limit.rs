//! A limit of what a sensor shows at each sample, with a band and so many samples in a row.

/// Which side of a limit is trouble.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// Readings above it.
    Above,
    /// Readings below it.
    Below,
}

/// A limit, in whole numbers of whatever the sensor counts.
///
/// A reading beyond it is counted. One that is back beyond the band starts the count anew. One in the band **holds the count**: it
/// neither counts nor starts it anew, so that false alarms are commoner than where every reading that is not beyond the limit
/// starts anew. The alarm is raised when so many have been counted, and is over at the first reading back beyond the band. (N. A.
/// Adnan, I. Izadi, T. Chen, "On expected detection delays for alarm systems with deadbands and delay-timers", Journal of Process
/// Control 21, 2011.)
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limit {
    /// Which side of it is trouble.
    pub side: Side,
    /// Beyond this; a reading that shows just this is not.
    pub at: i64,
    /// Width of the band.
    pub hysteresis: i64,
    /// Readings that make an alarm.
    pub in_a_row: u8,
}

/// Where a reading lies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    Beyond,
    Band,
    Back,
}

/// What a sampled limit remembers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SampledLimit {
    count: u8,
    stands: bool,
}

impl Limit {
    fn place(self, reading: i64) -> Place {
        debug_assert!(self.hysteresis >= 0 && self.in_a_row > 0, "{self:?} is no limit");
        let beyond = match self.side {
            Side::Above => reading.saturating_sub(self.at),
            Side::Below => self.at.saturating_sub(reading),
        };
        match beyond {
            1.. => Place::Beyond,
            it if it < -self.hysteresis => Place::Back,
            _ => Place::Band,
        }
    }

    /// How samples of a quantity that stays at `mean` fall, with normal noise of standard deviation `sigma`, shown in steps of
    /// `resolution`: all in the limit's unit.
    pub fn law(self, mean: f64, sigma: f64, resolution: f64) -> SampleLaw {
        debug_assert!(sigma > 0.0 && resolution > 0.0, "noise of {sigma}, steps of {resolution}");
        let (at, band) = (self.at as f64, self.hysteresis as f64);
        // Mirrored, so that trouble is above.
        let (at, mean) = match self.side {
            Side::Above => (at, mean),
            Side::Below => (-at, -mean),
        };
        // The lowest step above the limit is shown from half a step below it, the highest below the band up to half a step above it.
        let beyond = (libm::floor(at / resolution) + 0.5) * resolution;
        let back = (libm::ceil((at - band) / resolution) - 0.5) * resolution;
        let above =
            |level: f64| 0.5 * libm::erfc((level - mean) / (sigma * std::f64::consts::SQRT_2));
        SampleLaw { beyond: above(beyond), back: 1.0 - above(back), in_a_row: self.in_a_row }
    }
}

impl SampledLimit {
    /// One more sample.
    pub fn sample(&mut self, limit: Limit, reading: i64) -> super::Change {
        use super::Change;
        match (limit.place(reading), self.stands) {
            (Place::Beyond, false) => {
                self.count += 1;
                debug_assert!(
                    self.count <= limit.in_a_row,
                    "{} beyond it are an alarm",
                    self.count
                );
                self.stands = self.count >= limit.in_a_row;
                if self.stands { Change::Alarm } else { Change::None }
            }
            (Place::Back, stands) => {
                *self = Self::default();
                if stands { Change::Over } else { Change::None }
            }
            (Place::Band, _) | (Place::Beyond, true) => Change::None,
        }
    }

    /// The alarm stands.
    pub fn stands(self) -> bool {
        self.stands
    }

    /// It is as new: what has not been sampled is not counted.
    pub fn is_new(self) -> bool {
        self == Self::default()
    }
}

/// The law of a sampled limit: how many samples it takes to an alarm, and how long that stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleLaw {
    /// Probability that a sample is beyond the limit.
    pub beyond: f64,
    /// Probability that it is back beyond the band.
    pub back: f64,
    /// Readings that make an alarm.
    pub in_a_row: u8,
}

impl SampleLaw {
    /// Mean number of samples from a start to an alarm: E(i) = 1 + p·E(i+1) + (1 − p − q)·E(i) + q·E(0), E(m) = 0, where p is
    /// `beyond` and q is `back`. (D. Brook, D. A. Evans, Biometrika 59, 1972.)
    pub fn run_length(self) -> f64 {
        let (p, q) = (self.beyond, self.back);
        debug_assert!(p >= 0.0 && q >= 0.0 && p + q <= 1.0 + 1e-12, "{p} and {q} are shares");
        if p <= 0.0 {
            return f64::INFINITY;
        }
        // E(i) = a + b·E(0), from the last back to the first.
        let (mut a, mut b) = (0.0, 0.0);
        for _ in 0..self.in_a_row {
            (a, b) = ((1.0 + p * a) / (p + q), (q + p * b) / (p + q));
        }
        a / (1.0 - b)
    }

    /// Mean number of samples for which an alarm stands.
    pub fn stands_for(self) -> f64 {
        1.0 / self.back
    }

    /// The share of samples at which an alarm stands.
    pub fn share_in_alarm(self) -> f64 {
        self.stands_for() / (self.run_length() + self.stands_for())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::Change;

    /// 75.0 in tenths, shown in steps of a half, a band of 2.0, three in a row.
    const LIMIT: Limit = Limit { side: Side::Above, at: 750, hysteresis: 20, in_a_row: 3 };

    fn changes(limit: Limit, readings: &[i64]) -> Vec<(usize, Change)> {
        let mut state = SampledLimit::default();
        let all = readings.iter().map(|it| state.sample(limit, *it)).enumerate();
        all.filter(|it| it.1 != Change::None).collect()
    }

    #[test]
    fn the_band_holds_the_count_and_what_is_back_starts_it_anew() {
        assert_eq!(changes(LIMIT, &[755, 755, 755]), [(2, Change::Alarm)]);
        assert_eq!(changes(LIMIT, &[755, 750, 730, 755, 740, 755]), [(5, Change::Alarm)]);
        assert_eq!(changes(LIMIT, &[755, 755, 725, 755, 755, 750]), []);
        let over = [755, 755, 755, 730, 760, 725, 755, 755, 755];
        assert_eq!(
            changes(LIMIT, &over),
            [(2, Change::Alarm), (5, Change::Over), (8, Change::Alarm)]
        );
    }

    #[test]
    fn a_limit_below_is_a_limit_above_in_a_mirror() {
        let below = Limit { side: Side::Below, at: -750, ..LIMIT };
        let readings = [755, 750, 730, 755, 740, 755, 760, 725, 600];
        let mirrored = readings.map(|it: i64| -it);
        assert_eq!(changes(below, &mirrored), changes(LIMIT, &readings));
        let (one, other) = (LIMIT.law(700.0, 40.0, 5.0), below.law(-700.0, 40.0, 5.0));
        assert_eq!(one, other);
    }

    /// Law D2: mean 70 and 80, deviation 4, once a minute.
    #[test]
    fn false_alarms_and_delays_are_those_of_the_chain_of_counts() {
        let close =
            |is: f64, value: f64| assert!((is / value - 1.0).abs() < 5e-6, "{is}, not {value}");
        let sound = LIMIT.law(700.0, 40.0, 5.0);
        close(sound.beyond, 0.094_675_7);
        close(sound.back, 0.754_116);
        close(sound.run_length(), 954.215);
        close(60.0 * sound.stands_for(), 79.563_3);
        close(sound.share_in_alarm(), 0.001_387_75);
        let (tau, year) = (60.0, 31_536_000.0);
        close(year / (tau * (sound.run_length() + sound.stands_for())), 550.055);
        let step = LIMIT.law(800.0, 40.0, 5.0).run_length();
        close(step, 3.535_92);
        close((step - 0.5) * tau, 182.155);
    }
}
