from collections import deque

graph = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}


def shortest(start, goal):
    queue = deque([[start]])
    seen = {start}
    while queue:
        path = queue.popleft()
        if path[-1] == goal:
            return path
        for neighbour in graph[path[-1]]:
            if neighbour not in seen:
                seen.add(neighbour)
                queue.append(path + [neighbour])
    return None


print(shortest("a", "d"))
