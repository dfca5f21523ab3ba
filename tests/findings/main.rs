//! What stress, audits and programs that others wrote have found wrong, as tests. `README.md` beside this file has the table.
//!
//! A finding is a scenario file, or a folder with one and the program at the other end. Its test is ignored until the issue that its
//! reason names has cleared it. An exit code of 2 says that the program refused to try, which proves nothing: so each test sees
//! 0, 1 or 3 first, except where a refusal is what is asked for.

#[cfg(test)]
mod accepted;
#[cfg(test)]
mod detection;
#[cfg(test)]
mod endless;
#[cfg(test)]
mod money;
#[cfg(test)]
mod outputs;
#[cfg(test)]
mod peer;
#[cfg(test)]
mod product;
#[cfg(test)]
mod statistics;
