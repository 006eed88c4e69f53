// On the page that says a stay is over or its key was taken back.

import { forgetCodes } from "./keypad_codes.js";

forgetCodes();
