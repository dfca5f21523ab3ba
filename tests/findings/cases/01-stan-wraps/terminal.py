"""Trace numbers up to 999999, then 000001 again: another card, another amount, nine hours later."""

from bare_terminal import OTHER_CARD, Terminal, sale, settlement

terminal = Terminal()
terminal.ask("0200", sale(1, 1000, "090000", "0101"))
for stan in range(999997, 1000000):
    terminal.ask("0200", sale(stan, 2000, "180000", "0101"))
terminal.ask("0200", sale(1, 8800, "180500", "0101", OTHER_CARD))
terminal.ask("0500", settlement(2, 5, 1000 + 3 * 2000 + 8800))
