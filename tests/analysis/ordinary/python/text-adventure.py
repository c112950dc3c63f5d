class Game:
    def __init__(self):
        self.running = True
        self.system = "adventure"

    def exec(self, command):
        handler = getattr(self, "do_" + command, None)
        return handler() if handler else "I do not know how to " + command

    def do_look(self):
        return "A dark room."

    def do_quit(self):
        self.running = False
        return "Bye."


game = Game()
for order in ["look", "dance", "quit"]:
    print(game.exec(order))
print(game.system, game.running)
