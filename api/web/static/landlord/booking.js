// The form of a booking: only the fields that belong to the chosen kind of payment are shown and sent.

import { prepareFacts } from "../shared/asked_facts.js";
import { serveSummary } from "../shared/error_summary.js";

prepareFacts(document.querySelector("form.booking"));
serveSummary();
