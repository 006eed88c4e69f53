// A landlord's pages as an app: they open without a network, and say when what they show is no longer news.

import { keepOffline } from "../shared/register_service_worker.js";

const banner = document.querySelector("#offline");
const tell = () => { banner.hidden = navigator.onLine; };
addEventListener("online", tell);
addEventListener("offline", tell);
tell();
keepOffline();
