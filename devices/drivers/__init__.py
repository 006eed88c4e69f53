"""The catalog of lock drivers, by the name under which a lock is enrolled."""

from typing import Final

from devices.drivers.native import NativeDriver
from devices.drivers.nuki import NukiDriver
from devices.drivers.nuki_ble import NukiBleDriver
from devices.drivers.sesame import SesameDriver
from devices.drivers.switchbot import SwitchbotDriver
from devices.drivers.vendor import MqttDriver, RadioDriver
from devices.drivers.yale import YaleDriver
from devices.drivers.zigbee2mqtt import Zigbee2MqttDriver

DRIVERS: Final[dict[str, type[NativeDriver | MqttDriver | RadioDriver]]] = {
    "native": NativeDriver,
    "nuki": NukiDriver,
    "nuki-ble": NukiBleDriver,
    "sesame": SesameDriver,
    "switchbot": SwitchbotDriver,
    "yale": YaleDriver,
    "zigbee2mqtt": Zigbee2MqttDriver,
}
