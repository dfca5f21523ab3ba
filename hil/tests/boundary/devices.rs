//! Attachments against programs that others wrote, and against peers that mean no good. Each session drives a whole scenario
//! through the boundary.
//!
//! Nothing is installed here. A test whose peer is not there says so and is skipped; with `POSRIG_PEERS=1` it fails instead.
//! `POSRIG_PYTHON` names the interpreter that has the peers' libraries (`tests/peers/requirements.txt`), `POSRIG_EMUPOS` the
//! printer emulator of that name, which needs Python 3.13, and `POSRIG_EMV_PYTHON` an interpreter that has `emv` and `pyscard`
//! (`tests/peers/requirements-card.txt`). The card's tests need the feature `pcsc`, and start pcscd themselves.

#[cfg(feature = "pcsc")]
mod card;
mod escpos;
mod host;
mod hostile;
mod mqtt;
mod peer;
mod recorded;
mod rig;
mod scpi;
mod secure;
mod terminal;
