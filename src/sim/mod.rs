//! Time, the event queue and seeded randomness.
