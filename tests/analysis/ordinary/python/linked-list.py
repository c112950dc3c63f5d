class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class LinkedList:
    def __init__(self):
        self.head = None

    def push(self, value):
        self.head = Node(value, self.head)

    def remove(self, value):
        before, node = None, self.head
        while node is not None:
            if node.value == value:
                if before is None:
                    self.head = node.next
                else:
                    before.next = node.next
                return True
            before, node = node, node.next
        return False

    def __iter__(self):
        node = self.head
        while node:
            yield node.value
            node = node.next


numbers = LinkedList()
for n in (1, 2, 3):
    numbers.push(n)
numbers.remove(2)
print(list(numbers))
