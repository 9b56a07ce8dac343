const FRAME_MS = 24;
const FRAME_BYTES = 192;
/** MPEG 1, layer III, 64 kbit/s, 48 kHz, mono. */
const HEADER = [0xff, 0xfb, 0x54, 0xc0];

/** An MP3 file of silence: frames whose side information says that nothing follows. */
export function silence(seconds: number): Buffer {
  const frames = Math.ceil((seconds * 1_000) / FRAME_MS);
  const audio = Buffer.alloc(frames * FRAME_BYTES);
  for (let frame = 0; frame < frames; frame++) audio.set(HEADER, frame * FRAME_BYTES);
  return audio;
}
