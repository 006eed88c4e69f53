// mermaid as the module that the pages import: its own bundle is a plain script.
import "./mermaid.tiny.js";

export default globalThis.mermaid;
