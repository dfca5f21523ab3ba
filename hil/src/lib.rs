//! Adapters that let a real device or program stand in for a simulated part. Nothing is here yet.
