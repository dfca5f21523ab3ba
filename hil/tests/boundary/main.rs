//! The boundary to real things: codecs against those that others wrote, attachments against programs and hostile peers, bytes at
//! random. One binary, because each links the whole product.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod endurance;
#[cfg(test)]
mod sockets;
