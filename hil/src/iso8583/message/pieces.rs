//! Fields that hold several things.

use super::MapError;
use crate::iso8583::Fields;
use crate::iso8583::dialect::{Piece, Pieces};
use crate::iso8583::fields::{digits, push_number};

/// What pieces say.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct PieceValues {
    pub(super) business: Option<u64>,
    pub(super) batch: Option<u64>,
    pub(super) code: Option<u64>,
    pub(super) original: Option<u64>,
    pub(super) debits: (Option<u64>, Option<u64>),
    pub(super) credits: (Option<u64>, Option<u64>),
    pub(super) agreed: Option<u64>,
}

impl PieceValues {
    fn place(&mut self, piece: &Piece) -> Option<&mut Option<u64>> {
        Some(match piece {
            Piece::Business(_) => &mut self.business,
            Piece::Batch(_) => &mut self.batch,
            Piece::Code(_) => &mut self.code,
            Piece::Original(_) => &mut self.original,
            Piece::DebitCount(_) => &mut self.debits.0,
            Piece::DebitAmount(_) => &mut self.debits.1,
            Piece::CreditCount(_) => &mut self.credits.0,
            Piece::CreditAmount(_) => &mut self.credits.1,
            Piece::Agreed(_) => &mut self.agreed,
            Piece::Text(_) => return None,
        })
    }

    /// Sets the fields; what is not told is zero.
    pub(super) fn set(mut self, pieces: &Pieces, fields: &mut Fields) -> Result<(), MapError> {
        for (number, list) in pieces {
            if !fields.begin(*number) {
                continue;
            }
            for piece in list {
                let value = self.place(piece).map(|it| it.unwrap_or(0));
                let (buffer, width) = (fields.buffer(), piece.width());
                let before = buffer.len();
                match (piece, value) {
                    (Piece::Text(text), _) => buffer.extend_from_slice(text.as_bytes()),
                    (_, value) => push_number(buffer, value.unwrap_or(0), width),
                }
                if buffer.len() - before != width {
                    return Err(MapError::Value(*number));
                }
            }
            fields.end(*number);
        }
        Ok(())
    }

    /// Reads the fields. One that is missing or shorter tells less.
    pub(super) fn read(&mut self, pieces: &Pieces, fields: &Fields) -> Result<(), MapError> {
        for (number, list) in pieces {
            let mut rest = fields.get(*number).unwrap_or_default();
            for piece in list {
                let Some((text, after)) = rest.split_at_checked(piece.width()) else { break };
                rest = after;
                if let Some(place) = self.place(piece) {
                    *place = Some(digits(text).ok_or(MapError::Value(*number))?);
                }
            }
        }
        Ok(())
    }
}

/// A number that must fit a smaller type.
pub(super) fn fit<T: TryFrom<u64>>(value: u64, field: u8) -> Result<T, MapError> {
    T::try_from(value).map_err(|_| MapError::Value(field))
}
