// Films the requested head turns as a short series of small still pictures; nothing is stored on the phone.

const FRAME_MS = 160;
const WIDTH = 480;
const POSES_MS = { first: 1000, turn: 1600, middle: 900 };

export const canFilm = () => Boolean(navigator.mediaDevices?.getUserMedia);

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

function takeFrame(video, canvas, number) {
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(new File([blob], `${number}.jpg`, { type: "image/jpeg" })), "image/jpeg", 0.85);
  });
}

async function filmPose(video, canvas, frames, ms) {
  for (const until = performance.now() + ms; performance.now() < until;) {
    const began = performance.now();
    frames.push(await takeFrame(video, canvas, frames.length));
    await pause(Math.max(0, FRAME_MS - (performance.now() - began)));
  }
}

/** Return the nonce of a new challenge from `address` and its frames; `say` is called with each pose: middle, left or right. */
export async function filmTurns(video, say, address = "/api/v1/onboarding/challenge") {
  const answer = await fetch(address, { method: "POST" });
  if (!answer.ok) throw new Error(`challenge ${answer.status}`);
  const { nonce, turns } = await answer.json();
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "user", width: { ideal: 640 } } });
  try {
    video.srcObject = stream;
    await video.play();
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
    const frames = [];
    say("middle");
    await filmPose(video, canvas, frames, POSES_MS.first);
    for (const turn of turns) {
      say(turn);
      await filmPose(video, canvas, frames, POSES_MS.turn);
      say("middle");
      await filmPose(video, canvas, frames, POSES_MS.middle);
    }
    return { nonce, frames };
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

/** Set up the form's filming part: button, picture, instructions, and the fields for the clip. */
export function prepareFilming(part, form) {
  if (!canFilm()) return;
  const [button, video, words] = ["button", "video", "[role=status]"].map((name) => part.querySelector(name));
  part.hidden = false;
  button.addEventListener("click", async () => {
    button.hidden = true;
    video.hidden = false;
    try {
      const { nonce, frames } = await filmTurns(video, (pose) => { words.textContent = part.dataset[pose]; }, form.dataset.challenge);
      const held = new DataTransfer();
      for (const frame of frames) held.items.add(frame);
      form.elements.clip.files = held.files;
      form.elements.clip_nonce.value = nonce;
      words.textContent = part.dataset.done;
    } catch {
      words.textContent = part.dataset.denied; // no camera, no permission, or no attempt left: a person decides
      button.hidden = false;
    }
    video.hidden = true;
  });
}
