"""Signs on without a time and with a wrong one, three seconds into the session; then a sale and a settlement."""

import time

from bare_terminal import Terminal, sale, settlement, sign_on

terminal = Terminal()
time.sleep(3)
terminal.ask("0800", sign_on(1))
terminal.ask("0800", {**sign_on(2), "12": "093000", "13": "0315"})
terminal.ask("0200", sale(3, 1000))
terminal.ask("0500", settlement(4, 1, 1000))
