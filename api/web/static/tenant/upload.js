// Shrinks photos before upload; redrawing on a canvas removes EXIF metadata (place, time, device).

const LONGEST = 1600;
const QUALITY = 0.9;

async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null; // e.g. HEIC that the browser cannot decode: sent unchanged, the server reports the accepted formats
  }
}

/** Return a JPEG of at most 1600 px on its longer side. */
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

/** Replace a file input's photo by its small copy and preview it, so that blur is noticed before sending. */
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
