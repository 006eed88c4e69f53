// A photo leaves the phone small and without its metadata: redrawn on a canvas, EXIF (place, time, device) is gone.

const LONGEST = 1600;
const QUALITY = 0.9;

async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null; // e.g. HEIC where the browser cannot read it: sent as it is, the server says what it takes
  }
}

/** A JPEG of at most 1600 px on its longer side. */
export async function shrink(file) {
  const bitmap = await decode(file);
  if (!bitmap) return file;
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return blob ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file;
}

/** Replaces what a file input holds by its small copy and shows it, so that a blurred photo is seen before it is sent. */
export async function prepare(input) {
  const [file] = input.files;
  const shown = input.parentElement.querySelector("output");
  shown.replaceChildren();
  if (!file) return;
  const small = await shrink(file);
  const held = new DataTransfer();
  held.items.add(small);
  input.files = held.files;
  const picture = document.createElement("img");
  picture.alt = "";
  picture.src = URL.createObjectURL(small);
  picture.onload = () => URL.revokeObjectURL(picture.src);
  shown.append(picture, "✓");
}
