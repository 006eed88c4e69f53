"""Minimal path from a tap to a door: FastAPI, paho, a broker, a device that echoes. No keys, no store.

`python -m benchmarks.stages.bare_echo page|device BROKER_PORT CA CERT KEY`: two processes, like ours.
"""

import asyncio
import os
import socket
import ssl
import sys
import threading
from typing import Any

import paho.mqtt.client as paho
import uvicorn
from fastapi import FastAPI
from paho.mqtt.enums import CallbackAPIVersion

COMMAND, ANSWER = "lodgekey/v1/bench/lock-1/cmd", "lodgekey/v1/bench/lock-1/ack"


def connect(port: int, ca: str, certificate: str, key: str) -> paho.Client:
    """Return a paho client over mTLS with TCP_NODELAY; its thread is not started yet."""
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    context = ssl.create_default_context(cafile=ca)
    context.load_cert_chain(certificate, key)
    client.tls_set_context(context)
    client.on_socket_open = send_at_once
    client.connect("127.0.0.1", port)
    return client


def send_at_once(_client: paho.Client, _user: Any, sock: Any) -> None:
    """Set TCP_NODELAY."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def serve_device(client: paho.Client) -> None:
    """Echo every command."""
    client.on_connect = lambda c, *_: c.subscribe(COMMAND, qos=1)
    client.on_subscribe = lambda *_: print('{"ready": true}', flush=True)
    client.on_message = echo
    client.loop_forever()


def echo(client: paho.Client, _user: Any, message: paho.MQTTMessage) -> None:
    """Publish the received payload."""
    client.publish(ANSWER, message.payload, qos=1)


def serve_page(client: paho.Client) -> None:
    """Serve POST /tap: publishes, and answers when the echo has arrived."""
    app = FastAPI()
    waiting: dict[bytes, asyncio.Future[None]] = {}

    @app.post("/tap")
    async def tap() -> dict[str, str]:
        loop, name = asyncio.get_running_loop(), os.urandom(16)
        app.state.loop = loop
        waiting[name] = loop.create_future()
        client.publish(COMMAND, name, qos=1)
        await waiting[name]
        del waiting[name]
        return {"outcome": "unlocked"}

    def on_message(_client: paho.Client, _user: Any, message: paho.MQTTMessage) -> None:
        future = waiting[bytes(message.payload)]
        app.state.loop.call_soon_threadsafe(future.set_result, None)

    subscribed = threading.Event()
    client.on_connect = lambda c, *_: c.subscribe(ANSWER, qos=1)
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = on_message
    client.loop_start()
    subscribed.wait(10)
    listener = socket.create_server(("127.0.0.1", 0))
    print(f'{{"ready": true, "url": "http://127.0.0.1:{listener.getsockname()[1]}"}}', flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])


def main() -> None:
    """Run as the page or the device."""
    role, port, *files = sys.argv[1:]
    client = connect(int(port), *files)
    (serve_page if role == "page" else serve_device)(client)


if __name__ == "__main__":
    main()
