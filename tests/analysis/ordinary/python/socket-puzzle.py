from enum import Enum


class Socket(Enum):
    WALL = "wall"
    FLOOR = "floor"


class Board:
    def __init__(self, size):
        self.sockets = {i: None for i in range(size)}

    def connect(self, plug, socket):
        self.sockets[socket] = plug
        return self

    def bind(self, key, value):
        setattr(self, key, value)


board = Board(3).connect("lamp", 1)
board.bind("name", Socket.WALL.value)
print(board.sockets, board.name)
