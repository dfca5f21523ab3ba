//! Our codecs against those that others wrote.
//!
//! Nothing is installed here. A test whose peer is not there says so and is skipped; with `POSRIG_PEERS=1` it fails instead.
//! `POSRIG_PYTHON` names the interpreter that has the peers' libraries (`tests/peers/requirements.txt`).

mod capture;
mod codec;
mod judge;
