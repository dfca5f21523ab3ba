//! What ledgers are made of. There are as many rows as sales: nothing else that a run must keep grows with what has been.

use thin_vec::ThinVec;

use super::money::Money;

/// An amount in a row: six bytes. A message's amount has twelve digits, which are fewer than 2^40.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub(crate) struct Amount([u8; 6]);

impl Amount {
    /// The largest one.
    pub(crate) const MOST: Money = Money((1 << 47) - 1);

    /// The amount as money.
    pub(crate) fn money(self) -> Money {
        let [a, b, c, d, e, f] = self.0;
        // Shifted up and down again, so that the sign is there.
        Money(i64::from_le_bytes([0, 0, a, b, c, d, e, f]) >> 16)
    }
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        let [a, b, c, d, e, f, ..] = money.0.to_le_bytes();
        let amount = Self([a, b, c, d, e, f]);
        assert!(amount.money() == money, "an amount has at most 47 bits: {money}");
        amount
    }
}

impl std::fmt::Debug for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.money().fmt(f)
    }
}

/// Adds a row. A ledger has few rows more room than rows: doubled, half of all room would be empty.
pub(crate) fn add_row<T>(rows: &mut ThinVec<T>, row: T) {
    if rows.len() == rows.capacity() {
        rows.reserve_exact(rows.len() / 8 + 4);
    }
    rows.push(row);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_comes_out_as_it_went_in() {
        for minor in
            [0, 1, -1, 999_999_999_999, -999_999_999_999, Amount::MOST.0, -Amount::MOST.0 - 1]
        {
            assert_eq!(Amount::from(Money(minor)).money(), Money(minor));
        }
    }

    #[test]
    #[should_panic(expected = "at most 47 bits")]
    fn a_larger_one_is_refused() {
        let _ = Amount::from(Amount::MOST + Money(1));
    }

    #[test]
    fn a_ledger_has_little_room_to_spare() {
        let mut rows = ThinVec::new();
        for row in 0..1_000 {
            add_row(&mut rows, row);
            assert!(rows.capacity() <= rows.len() * 9 / 8 + 4);
        }
        assert!(rows.iter().copied().eq(0..1_000));
    }
}
