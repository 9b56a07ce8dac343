// Refreshes the cards of programs in the making, and gives the players chapters and a transcript.
const POLL_MS = 700;

function enliven(card) {
  const audio = card.querySelector("audio");
  if (!audio) return;
  const seekTo = (seconds) => { audio.currentTime = seconds; audio.play(); };

  const buttons = [...card.querySelectorAll("[data-seek]")];
  for (const button of buttons) {
    button.addEventListener("click", () => seekTo(Number(button.dataset.seek)));
  }
  audio.addEventListener("timeupdate", () => {
    const now = buttons.findLast((button) => Number(button.dataset.seek) <= audio.currentTime + 0.05);
    for (const button of buttons) button.toggleAttribute("aria-current", button === now);
  });

  const track = audio.textTracks[0];
  const transcript = card.querySelector(".transcript");
  track.mode = "hidden";
  card.querySelector("track").addEventListener("load", () => showTranscript(track, transcript, seekTo));
}

function showTranscript(track, transcript, seekTo) {
  const lines = new Map();
  for (const cue of track.cues) {
    const line = document.createElement("span");
    line.textContent = cue.getCueAsHTML().textContent.replaceAll("\n", " ") + " ";
    line.addEventListener("click", () => seekTo(cue.startTime));
    lines.set(cue, line);
  }
  transcript.replaceChildren(...lines.values());
  track.addEventListener("cuechange", () => {
    for (const line of lines.values()) line.classList.remove("now");
    for (const cue of track.activeCues) {
      const line = lines.get(cue);
      line.classList.add("now");
      transcript.scrollTop = line.offsetTop - transcript.offsetTop - transcript.clientHeight / 2;
    }
  });
}

async function refresh(card) {
  if (!["waiting", "working"].includes(card.dataset.state)) return enliven(card);
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  const answer = await fetch(card.dataset.card).catch(() => null);
  if (!answer?.ok) return refresh(card);
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  const fresh = template.content.firstElementChild;
  card.replaceWith(fresh);
  return refresh(fresh);
}

for (const card of document.querySelectorAll("[data-card]")) refresh(card);
