"""python -m firmware_sim.registries NAME --dir DIR."""

from firmware_sim.registries.process import main

main()
