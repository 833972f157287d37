//! Seeded random numbers in named streams.
//!
//! Each consumer asks for its own stream (`kubelet/node-3`), so that a new consumer doesn't shift the numbers of the others.
//! The generator is SplitMix64: tiny, well studied and the same on every platform.

use super::hash::Fnv64;
use super::shared_map::SharedMap;

/// One stream of random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream(u64);

impl Stream {
    pub fn new(seed: u64, name: &str) -> Self {
        let mut hash = Fnv64::default();
        hash.write(&seed.to_le_bytes());
        hash.write(name.as_bytes());
        Stream(hash.0)
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `min` to `max`, both included.
    pub fn between(&mut self, min: u64, max: u64) -> u64 {
        min + self.below(max.saturating_sub(min).saturating_add(1))
    }

    /// True in `per_mille` of 1000 cases.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < u64::from(per_mille)
    }
}

/// All streams of one simulation, made on first use.
#[derive(Clone, Debug)]
pub struct Rng {
    seed: u64,
    streams: SharedMap<String, Stream>,
}

impl Rng {
    pub fn new(seed: u64) -> Self {
        Rng {
            seed,
            streams: SharedMap::default(),
        }
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The stream of that name.
    pub fn stream(&mut self, name: &str) -> &mut Stream {
        if !self.streams.contains_key(name) {
            let stream = Stream::new(self.seed, name);
            self.streams.insert(name.to_owned(), stream);
        }
        self.streams.get_mut(name).expect("just inserted")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_do_not_shift_each_other() {
        let mut alone = Rng::new(7);
        let mut both = Rng::new(7);
        both.stream("b").next_u64();
        assert_eq!(alone.stream("a").next_u64(), both.stream("a").next_u64());
    }

    #[test]
    fn below_stays_below() {
        let mut stream = Stream::new(1, "x");
        assert!((0..1000).all(|_| stream.below(27) < 27));
        assert_eq!(stream.below(0), 0);
    }
}
