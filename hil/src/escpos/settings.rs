//! What is set about a printer, and whether one is there.

use std::time::Duration;

use super::device::Device;
use super::paper::Layout;
use super::status::words;
use crate::target::Target;

/// What is set about a printer.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `host:port`, 9100 is the usual port; or the path of a serial line, which begins with `/`.
    pub address: String,
    /// Speed of a serial line, in bits a second.
    pub baud: u32,
    /// Its status is asked at least so often.
    pub watch: Duration,
    /// An answer to a question has to come by then.
    pub patience: Duration,
    /// A receipt has to be out by then.
    pub prints_in: Duration,
    /// Whether it is asked if a receipt is out (`GS r 1`). A printer that does not know the question is believed when its
    /// status is sound after it has taken all bytes.
    pub confirm: bool,
    /// How a receipt looks.
    pub layout: Layout,
}

const KEYS: &[&str] = &["baud", "watch", "patience", "prints", "confirm", "cut", "merchant"];

fn yes(target: &Target, key: &str, otherwise: bool) -> Result<bool, String> {
    match target.text(key) {
        None => Ok(otherwise),
        Some("yes") => Ok(true),
        Some("no") => Ok(false),
        Some(other) => Err(format!("{key}=`{other}`: yes or no")),
    }
}

impl Settings {
    /// The usual settings for a printer at this address.
    pub fn at(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            baud: 9_600,
            watch: Duration::from_secs(1),
            patience: Duration::from_secs(2),
            prints_in: Duration::from_secs(20),
            confirm: true,
            layout: Layout::default(),
        }
    }

    /// Reads `HOST:PORT` or `/dev/…`, then
    /// `[,baud=9600][,watch=1s][,patience=2s][,prints=20s][,confirm=yes][,cut=yes][,merchant=TEXT]`.
    ///
    /// # Errors
    /// If it is not written so.
    pub fn parse(text: &str) -> Result<Self, String> {
        let target = Target::parse(text, KEYS)?;
        let serial = target.address.starts_with('/');
        if !serial && !target.address.contains(':') {
            let address = &target.address;
            return Err(format!("`{address}` is neither HOST:PORT nor the path of a serial line"));
        }
        if !serial && target.text("baud").is_some() {
            return Err("baud: only a serial line has a speed".into());
        }
        let usual = Self::at(&target.address);
        let layout = Layout {
            merchant: target.value("merchant", usual.layout.merchant)?,
            cut: yes(&target, "cut", usual.layout.cut)?,
        };
        Ok(Self {
            baud: target.value("baud", usual.baud)?,
            watch: target.duration("watch", usual.watch)?.max(Duration::from_millis(10)),
            patience: target.duration("patience", usual.patience)?,
            prints_in: target.duration("prints", usual.prints_in)?,
            confirm: yes(&target, "confirm", usual.confirm)?,
            layout,
            address: usual.address,
        })
    }
}

/// Asks a printer how it is; prints nothing.
///
/// # Errors
/// If none answers there.
pub fn probe(settings: &Settings) -> Result<String, String> {
    let status = Device::open(settings).and_then(|mut it| it.status());
    let status = status.map_err(|why| format!("{}: {why}", settings.address))?;
    Ok(format!("ESC/POS printer at {}: {}", settings.address, words(status)))
}
