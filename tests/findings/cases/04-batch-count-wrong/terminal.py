"""Two sales of 10.00; the settlement has the right sum, 20.00, and the wrong count, one."""

from bare_terminal import Terminal, sale, settlement

terminal = Terminal()
terminal.ask("0200", sale(1, 1000))
terminal.ask("0200", sale(2, 1000))
terminal.ask("0500", settlement(3, 1, 2000))
