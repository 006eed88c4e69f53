// Deletes the stored codes and serves the request for erasure, on the page of an ended stay or a revoked key.

import { pairsFor } from "./key.js";
import { forgetCodes } from "./keypad_codes.js";
import { manageErasure } from "./stay.js";

forgetCodes();
const erasure = document.querySelector("#erasure");
if (erasure) pairsFor(erasure.dataset.key).then(manageErasure, () => {});
