// Deletes the stored keys and codes, on the page of an ended stay or a revoked key.

import { forgetCodes } from "./keypad_codes.js";

forgetCodes();
