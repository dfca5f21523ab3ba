//! The thermal head: how black it prints, and how warm it gets.

use crate::quantity::Millivolts;

/// Blackness of the print, 1 and above is readable: what a dot gets is the power in its resistor, which goes with the square
/// of the voltage, and a worn dot passes on a part of it.
pub(super) fn blackness(voltage: Millivolts, faint_below: Millivolts, worn: f64) -> f64 {
    debug_assert!((0.0..=1.0).contains(&worn), "a head is worn by {worn}");
    let relative = f64::from(voltage.0) / f64::from(faint_below.0.max(1));
    let black = relative * relative * (1.0 - worn);
    debug_assert!(black >= 0.0, "nothing is whiter than the paper: {black}");
    black
}

#[cfg(test)]
mod tests {
    use sim::{Instant, Span};

    use super::*;
    use crate::hardware::printer::Spec;
    use crate::thermal::ThermalState;

    #[test]
    fn blackness_goes_with_the_square_of_the_voltage_and_with_what_wear_has_left() {
        let black = |volts, worn| blackness(Millivolts(volts), Millivolts(4_600), worn);
        assert!((black(4_600, 0.0) - 1.0).abs() < 1e-12);
        assert!((black(5_000, 0.0) - 1.181_47).abs() < 1e-4);
        assert!(black(5_000, 0.1) > 1.0, "a little wear is not seen on a full voltage");
        assert!(black(4_700, 0.1) < 1.0, "and is seen on a low one");
    }

    #[test]
    fn a_head_that_prints_receipt_after_receipt_rests_and_is_cool_again_after_a_time() {
        let spec = Spec::default();
        let tau = spec.cools_in;
        let mut head = ThermalState::settled(25.0);
        let mut now = Instant::START;
        let mut receipts = 0;
        // Receipts of 24 lines with 5 s between: each adds 7.2 K, so that it nears 25 + 7.2 / (1 - e^(-1/12)) = 115 °C.
        while head.at(now, tau) < spec.cooldown_at.degrees() {
            head.raise(24.0 * spec.line_warms_by.degrees(), now, tau);
            now += Span::secs(5);
            receipts += 1;
            assert!(receipts < 100, "it never gets hot");
        }
        assert_eq!(receipts, 8);
        let is = head.at(now, tau);
        let cools_for = head.until_below(spec.resumes_at.degrees(), now, tau).expect("it cools");
        let law = 60.0 * libm::log((is - 25.0) / 30.0);
        assert!((cools_for.as_secs_f64() - law).abs() < 1e-3, "{cools_for:?}");
    }
}
