// Makes a landlord's pages available offline, with a banner while offline.

import { keepOffline } from "../shared/register_service_worker.js";

const banner = document.querySelector("#offline");
const tell = () => { banner.hidden = navigator.onLine; };
addEventListener("online", tell);
addEventListener("offline", tell);
tell();
keepOffline();
