// A Bluetooth adapter for tests: what is written goes to radioWrite (bound to a simulated lock), what it returns is notified.
{
  const toText = (value) => btoa(String.fromCharCode(...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)));
  class Outlet extends EventTarget {
    async startNotifications() {}
    notify(text) {
      this.value = new DataView(Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer);
      this.dispatchEvent(new Event("characteristicvaluechanged"));
    }
  }
  const connect = async () => {
    const outlet = new Outlet();
    const inlet = { writeValueWithResponse: async (value) => { for (const text of await radioWrite(toText(value))) outlet.notify(text); } };
    const service = { getCharacteristic: async (uuid) => (uuid.endsWith("2") ? inlet : outlet) };
    return { getPrimaryService: async () => service, disconnect() {} };
  };
  const adapter = { requestDevice: async () => ({ gatt: { connect } }) };
  Object.defineProperty(navigator, "bluetooth", { value: adapter, configurable: true });
}
