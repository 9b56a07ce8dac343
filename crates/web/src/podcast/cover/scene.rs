//! The picture: a sky from night to light, a rising sun with rings as of a sounded bell, and hills that are waves of
//! sound, the nearer the darker.

/// Red, green, blue, each from 0 to 1.
type Colour = [f32; 3];

/// A palette: the sky above and at the horizon, the sun, the farthest hill and the nearest.
struct Palette {
    zenith: Colour,
    horizon: Colour,
    sun: Colour,
    far: Colour,
    near: Colour,
}

const fn hex(rgb: u32) -> Colour {
    [((rgb >> 16) & 255) as f32 / 255.0, ((rgb >> 8) & 255) as f32 / 255.0, (rgb & 255) as f32 / 255.0]
}

const fn palette(zenith: u32, horizon: u32, sun: u32, far: u32, near: u32) -> Palette {
    Palette { zenith: hex(zenith), horizon: hex(horizon), sun: hex(sun), far: hex(far), near: hex(near) }
}

/// Mornings: after plum, indigo, spring, autumn, sea, tea, wisteria, snow.
const PALETTES: [Palette; 8] = [
    palette(0x2b_1b3d, 0xf2_a07b, 0xff_e3c2, 0xb8_5c6e, 0x24_1530),
    palette(0x14_2850, 0xf6_c28b, 0xff_f3d6, 0x4f_6d9a, 0x0d_1b36),
    palette(0x3e_7c8a, 0xfb_e0c3, 0xff_8f70, 0x7f_b29a, 0x1f_4a46),
    palette(0x4a_1f2d, 0xf0_8a4b, 0xff_e0a3, 0xa8_4432, 0x2c_1118),
    palette(0x0f_3d57, 0xbf_e3dc, 0xff_f6e0, 0x4b_9aa3, 0x08_2b3d),
    palette(0x2f_4030, 0xe9_dcae, 0xff_f4d0, 0x7d_9a5b, 0x1a_2a1e),
    palette(0x3b_2a66, 0xe7_b5cf, 0xff_e9ef, 0x8a_6bb0, 0x22_1742),
    palette(0x3a_4a63, 0xe8_eef2, 0xff_c9a0, 0x8f_a7bd, 0x22_2e42),
];

const HILLS: usize = 6;

/// One hill: where it stands, in shares of the side, and the waves it is a sum of.
struct Hill {
    level: f32,
    waves: [Wave; 3],
    colour: Colour,
}

#[derive(Clone, Copy)]
struct Wave {
    height: f32,
    /// How often it rises over the whole width.
    times: f32,
    phase: f32,
}

pub(super) struct Scene {
    palette: &'static Palette,
    sun: (f32, f32),
    radius: f32,
    rings: f32,
    hills: [Hill; HILLS],
}

/// Shares from 0 to 1 out of a seed's bytes, each byte once and then again.
struct Draw<'a>(std::iter::Cycle<std::slice::Iter<'a, u8>>);

impl Draw<'_> {
    fn share(&mut self) -> f32 {
        self.0.next().map_or(0.5, |byte| f32::from(*byte) / 255.0)
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.share()
    }
}

impl Scene {
    pub fn of(seed: &[u8; 32]) -> Self {
        let mut draw = Draw(seed.iter().cycle());
        let palette = &PALETTES[usize::from(seed[31]) % PALETTES.len()];
        let sun = (draw.between(0.26, 0.74), draw.between(0.36, 0.50));
        let radius = draw.between(0.105, 0.150);
        let rings = draw.between(0.050, 0.075);
        let hills = std::array::from_fn(|index| {
            let depth = index as f32 / (HILLS - 1) as f32;
            let height = 0.030 + 0.030 * depth;
            let mut wave = |share: f32, low: f32, high: f32| Wave {
                height: height * share * draw.between(0.7, 1.2),
                times: draw.between(low, high),
                phase: draw.share(),
            };
            Hill {
                level: 0.56 + 0.36 * depth,
                waves: [wave(1.0, 0.6, 1.4), wave(0.45, 2.2, 3.6), wave(0.14, 7.0, 12.0)],
                colour: mix(palette.far, palette.near, depth),
            }
        });
        Self { palette, sun, radius, rings, hills }
    }

    /// Rows of red, green and blue.
    pub fn paint(&self, side: usize) -> Vec<u8> {
        let unit = 1.0 / side as f32;
        let crests: Vec<[f32; HILLS]> = (0..side)
            .map(|x| std::array::from_fn(|hill| self.hills[hill].crest((x as f32 + 0.5) * unit)))
            .collect();
        let mut pixels = Vec::with_capacity(side * side * 3);
        for y in 0..side {
            let v = (y as f32 + 0.5) * unit;
            for (x, crests) in crests.iter().enumerate() {
                let u = (x as f32 + 0.5) * unit;
                let colour = self.colour(u, v, crests, unit);
                // A grain finer than a step of colour keeps skies from showing bands.
                let grain = grain(x, y);
                pixels.extend(colour.map(|part| (part.clamp(0.0, 1.0) * 254.0 + grain) as u8));
            }
        }
        pixels
    }

    fn colour(&self, u: f32, v: f32, crests: &[f32; HILLS], unit: f32) -> Colour {
        let mut colour = self.sky(u, v, unit);
        for (hill, crest) in self.hills.iter().zip(crests) {
            let covers = ((v - crest) / unit + 0.5).clamp(0.0, 1.0);
            if covers > 0.0 {
                // Light lies on the crests.
                let lit = 0.16 * (-(v - crest).max(0.0) * 26.0).exp();
                colour = mix(colour, mix(hill.colour, self.palette.sun, lit), covers);
            }
        }
        colour
    }

    fn sky(&self, u: f32, v: f32, unit: f32) -> Colour {
        let rise = smooth((v / 0.62).clamp(0.0, 1.0));
        let sky = mix(self.palette.zenith, self.palette.horizon, rise);
        let distance = (u - self.sun.0).hypot(v - self.sun.1);
        let beyond = (distance - self.radius).max(0.0);
        let glow = 0.55 * (-beyond * 7.0).exp();
        let ring = (beyond / self.rings).fract();
        let edge = unit / self.rings;
        let line = (1.0 - ((ring - 0.5).abs() - 0.035).max(0.0) / edge).clamp(0.0, 1.0);
        let fade = 0.30 * (-beyond * 3.2).exp();
        let sky = mix(sky, self.palette.sun, (glow + line * fade).min(1.0));
        let inside = ((self.radius - distance) / unit + 0.5).clamp(0.0, 1.0);
        mix(sky, self.palette.sun, inside)
    }
}

impl Hill {
    fn crest(&self, u: f32) -> f32 {
        let wave = |wave: &Wave| wave.height * ((wave.times * u + wave.phase) * std::f32::consts::TAU).sin();
        self.level - self.waves.iter().map(wave).sum::<f32>()
    }
}

fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    std::array::from_fn(|part| from[part] + (to[part] - from[part]) * share)
}

fn smooth(x: f32) -> f32 {
    x * x * (3.0 - 2.0 * x)
}

/// From 0 to 1, without a pattern that an eye could find.
fn grain(x: usize, y: usize) -> f32 {
    let mixed = (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77);
    let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d);
    (mixed >> 8) as f32 / (1 << 24) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_has_one_picture_and_another_seed_another() {
        let paint = |seed: u8| Scene::of(&[seed; 32]).paint(64);
        assert_eq!(paint(7), paint(7));
        assert_ne!(paint(7), paint(15), "of the same palette");
        assert_eq!(paint(7).len(), 64 * 64 * 3);
    }

    #[test]
    fn every_palette_has_depth() {
        for seed in 0..8 {
            let pixels = Scene::of(&[seed; 32]).paint(64);
            let brightness = |row: usize| {
                pixels[row * 64 * 3..(row + 1) * 64 * 3].iter().map(|part| u32::from(*part)).sum::<u32>()
            };
            let (horizon, ground) = (brightness(34), brightness(63));
            assert!(horizon > 3 * ground / 2, "palette {seed}: {horizon} over {ground}");
        }
    }
}
