"""Six sales; then the first is taken back, and the batch is settled."""

from bare_terminal import Terminal, reversal, sale, settlement

terminal = Terminal()
first = sale(1, 1000)
terminal.ask("0200", first)
for stan in range(2, 7):
    terminal.ask("0200", sale(stan, 1000 * stan))
terminal.ask("0400", reversal(first))
terminal.ask("0500", settlement(7, 5, 20000))
